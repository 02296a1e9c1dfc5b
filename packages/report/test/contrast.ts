/** Text that is too close to its ground in colour. */
export interface FaintText {
  /** The element: `span.faint`. */
  readonly element: string;
  readonly text: string;
  readonly colours: string;
  readonly ratio: number;
  readonly wanted: number;
}

/**
 * An expression for a page: texts whose contrast with their ground is below WCAG 2.2 level AA (success criterion 1.4.3),
 * 4.5, or 3 for large ones (24 px, or 18.66 px in bold); an element a kind and colours. Controls that are switched off are exempt.
 *
 * A ground is that of the nearest ancestors with one, blended; what is drawn lies on that of its figure. Colours in any
 * notation are read off a canvas.
 */
export const faintTexts = `(() => {
  const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 })
    .getContext('2d', { willReadFrequently: true });
  const known = new Map();
  const read = (colour) => {
    if (!known.has(colour)) {
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
      known.set(colour, [r, g, b, a / 255]);
    }
    return known.get(colour);
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
  const ground = (element) => {
    const own = read(getComputedStyle(element).backgroundColor);
    if (own[3] === 1) return own.slice(0, 3);
    return over(own, element.parentElement ? ground(element.parentElement) : [255, 255, 255]);
  };
  const opacity = (element) =>
    Number(getComputedStyle(element).opacity) * (element.parentElement ? opacity(element.parentElement) : 1);
  const luminance = (colour) => {
    const [r, g, b] = colour.map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const faint = new Map();
  let seen = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.textContent.trim();
    if (text === '' || element.closest('script, style, title, option, :disabled') || !element.checkVisibility()) continue;
    seen += 1;
    const style = getComputedStyle(element);
    const [r, g, b, a] = read(element.closest('svg') ? style.fill : style.color);
    const below = ground(element);
    const shown = over([r, g, b, a * opacity(element)], below);
    const [light, dark] = [luminance(shown), luminance(below)].sort((x, y) => y - x);
    const ratio = (light + 0.05) / (dark + 0.05);
    const size = parseFloat(style.fontSize);
    const wanted = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const name = element.tagName.toLowerCase() + [...element.classList].map((each) => '.' + each).join('');
    const colours = shown.map(Math.round).join(' ') + ' on ' + below.map(Math.round).join(' ');
    if (ratio < wanted) faint.set(name + colours, { element: name, text: text.slice(0, 40), colours, ratio, wanted });
  }
  return { seen, faint: [...faint.values()] };
})()`;
