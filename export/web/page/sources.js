/** The ways in which people hand the page a picture. */

/**
 * @param {(file: Blob & { name?: string }) => void} open
 */
export function listen(open) {
  const drop = element('drop');
  for (const id of ['file', 'camera']) {
    const input = /** @type {HTMLInputElement} */ (element(id));
    input.addEventListener('change', () => {
      if (input.files?.length) open(input.files[0]);
      input.value = ''; // the same file may be chosen again
    });
  }
  // Elsewhere the attribute `capture` only opens the same dialog again.
  element('camera-label').hidden = !matchMedia('(pointer: coarse)').matches;
  addEventListener('dragover', (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
  addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) drop.classList.remove('over');
  });
  addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    if (event.dataTransfer?.files.length) open(event.dataTransfer.files[0]);
  });
  addEventListener('paste', (event) => {
    const file = event.clipboardData?.files[0];
    if (file) open(file);
  });
  // Files that the installed page is asked to open.
  window.launchQueue?.setConsumer(async ({ files }) => {
    if (files.length) open(await files[0].getFile());
  });
}

/** @param {string} id */
function element(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
