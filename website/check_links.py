"""Checks the built site: every link inside leads to a page and a place on it, and nothing is loaded
from elsewhere.

    python website/check_links.py SITE

Links to other sites are only parsed. Prints what is wrong, and ends with status 1 if anything is.
"""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {"img": "src", "script": "src", "source": "src", "iframe": "src", "video": "src"}
SCHEMES = ("http", "https", "mailto")


class Page(HTMLParser):
    """One page: its anchors, its links, and what it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors = {""}
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[key] for key in ("id", "name") if key in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag == "link" and values.get("rel") != "canonical":
            self.loaded.append(values.get("href", ""))
        if tag in LOADED and values.get(LOADED[tag]):
            self.loaded.append(values[LOADED[tag]])


def problems(site: Path) -> list[str]:
    """Returns a line for each thing that is wrong with the site in a folder."""
    pages = {page: Page(page.read_text(encoding="utf-8")) for page in sorted(site.rglob("*.html"))}
    found = []
    for page, content in pages.items():
        where = page.relative_to(site).as_posix()
        for target in content.links:
            found += [f"{where}: {target}: {why}" for why in wrong(target, page, site, pages)]
        for target in content.loaded:
            parts = urlsplit(target)
            if parts.netloc or parts.scheme not in ("", "data"):
                found.append(f"{where}: {target}: is loaded from elsewhere")
            elif not parts.scheme:
                found += [f"{where}: {target}: {why}" for why in wrong(target, page, site, pages)]
    for sheet in sorted(site.rglob("*.css")):
        for target in re.findall(r"url\(([^)]*)\)|@import", sheet.read_text(encoding="utf-8")):
            if urlsplit(target.strip("\"'")).netloc:
                found.append(f"{sheet.relative_to(site)}: {target}: is loaded from elsewhere")
    return found


def wrong(target: str, page: Path, site: Path, pages: dict[Path, Page]) -> list[str]:
    """Returns what is wrong with one link of a page, if anything."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        good = parts.scheme in SCHEMES and bool(parts.netloc or parts.scheme == "mailto")
        return [] if good and " " not in target else ["is no address"]
    path = unquote(parts.path)
    start = site if path.startswith("/") else page.parent  # 404.html alone names them so
    there = page if not path else (start / path.lstrip("/")).resolve()
    if there.is_dir():
        there = there / "index.html"
    if not there.is_file():
        return ["is not there"]
    if there in pages and unquote(parts.fragment) not in pages[there].anchors:
        return ["has no such place"]
    return []


def main() -> int:
    """Runs the program and returns its exit status."""
    site = Path(sys.argv[1]).resolve()
    if not (site / "index.html").is_file():
        print(f"{site} has no site", file=sys.stderr)
        return 1
    found = problems(site)
    print("\n".join(found) or f"all links of {len(list(site.rglob('*.html')))} pages are good")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
