/** Puts the pictures of each `.compare` under one handle, two at a time, with a choice of both. */

/** Makes one comparison of the pictures of an element. */
function compare(/** @type {HTMLElement} */ element) {
  const pictures = [...element.querySelectorAll('p img')];
  if (pictures.length < 2) return;
  const figure = document.createElement('figure');
  const stack = document.createElement('div');
  stack.className = 'stack';
  const [left, right] = [new Image(), new Image()];
  left.className = 'left';
  stack.append(right, left);

  const handle = document.createElement('input');
  handle.type = 'range';
  handle.min = '0';
  handle.max = '100';
  handle.step = '0.5';
  handle.value = '50';
  handle.setAttribute('aria-label', 'How much of the left picture is shown');
  const move = () => stack.style.setProperty('--at', `${handle.value}%`);
  handle.addEventListener('input', move);
  move();
  stack.append(handle);

  const choices = document.createElement('div');
  choices.className = 'choices';
  const choose = (/** @type {HTMLImageElement} */ shown, start, side) => {
    const select = document.createElement('select');
    select.setAttribute('aria-label', `The picture on the ${side}`);
    pictures.forEach((picture, number) => select.add(new Option(picture.alt, String(number))));
    const show = () => {
      const picture = pictures[Number(select.value)];
      shown.src = picture.src;
      shown.alt = picture.alt;
    };
    select.value = String(start);
    select.addEventListener('change', show);
    show();
    choices.append(select);
  };
  choose(left, Math.min(Number(element.dataset.left ?? 3), pictures.length - 1), 'left');
  choose(right, Math.min(Number(element.dataset.right ?? 1), pictures.length - 1), 'right');

  figure.append(stack, choices);
  element.append(figure);
  element.classList.add('ready');
}

for (const element of document.querySelectorAll('.compare')) compare(element);
