/** What is seen of a page. Its functions run within the page: none of them may use anything outside of itself. */

/** In pixels of the page's viewport. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface SeenText {
  text: string;
  /** Where it stands, for whoever has to find it. */
  at: string;
  /** Where its ink is: without the air that a line has above and below. */
  ink: Box;
  /** Pixels of its type. */
  size: number;
  /** A number that a wall is hung up for. */
  main: boolean;
  /** Of what is used with a hand, whose owner is near. */
  inReach: boolean;
  /** What the boxes around it leave of the ink: a part, or nothing; undefined where all is there. */
  left?: Box | 'nothing';
  /** Its end is an ellipsis. */
  shortened: boolean;
  /** What lies over it. */
  under?: string;
  /** The tile that it stands in. */
  tile?: Box;
}

export interface Seen {
  layout: 'wall' | 'page';
  viewport: { width: number; height: number };
  /** Pixels by which the document is larger than the viewport. */
  beyond: { width: number; height: number };
  texts: SeenText[];
  /** Boxes that are scrolled sideways, and the pixels that are out of sight. */
  sideways: { at: string; by: number }[];
  /** Pictures that stand out of their tile, and by how many pixels. */
  outgrown: { at: string; by: number }[];
}

/** What charts paint is kept beside their canvas. To be installed before anything is painted. */
export function keepPaintedTexts(): void {
  const painted = new WeakMap<HTMLCanvasElement, { text: string; size: number; ink: Box }[]>();
  Object.assign(globalThis, { paintedTexts: painted });
  const pen = CanvasRenderingContext2D.prototype;
  const { fillText, clearRect } = pen;
  pen.clearRect = function (x, y, width, height) {
    if (width >= this.canvas.width && height >= this.canvas.height) painted.delete(this.canvas);
    clearRect.call(this, x, y, width, height);
  };
  pen.fillText = function (text, x, y, ...most) {
    fillText.call(this, text, x, y, ...most);
    const isClear = typeof this.fillStyle === 'string' && /, 0\)$/.test(this.fillStyle);
    if (text.trim() === '' || isClear) return;
    const transform = this.getTransform();
    const { actualBoundingBoxLeft, actualBoundingBoxRight, actualBoundingBoxAscent, actualBoundingBoxDescent } =
      this.measureText(text);
    const from = transform.transformPoint({ x: x - actualBoundingBoxLeft, y: y - actualBoundingBoxAscent });
    const to = transform.transformPoint({ x: x + actualBoundingBoxRight, y: y + actualBoundingBoxDescent });
    const ink = { left: from.x, top: from.y, right: to.x, bottom: to.y };
    const size = Number(/([\d.]+)px/.exec(this.font)?.[1] ?? 0) * transform.d;
    painted.set(this.canvas, [...(painted.get(this.canvas) ?? []), { text, size, ink }]);
  };
}

/** `main` selects the numbers that a wall is hung up for, `spare` what is left out whole where it has no room. */
export function lookAtPage({ main, spare }: { main: string; spare: string }): Seen {
  const root = document.documentElement;
  const viewport = { width: root.clientWidth, height: root.clientHeight };
  const pen = document.createElement('canvas').getContext('2d');
  if (pen === null) throw new Error('this browser paints no canvas');

  const boxOf = ({ left, top, right, bottom }: Box): Box => ({ left, top, right, bottom });
  const common = (a: Box, b: Box): Box => ({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  });
  const isNothing = ({ left, top, right, bottom }: Box): boolean => right - left < 0.5 || bottom - top < 0.5;
  const nameOf = (element: Element): string => {
    const test = element.closest('[data-test]')?.getAttribute('data-test') ?? undefined;
    const names: string[] = [];
    for (let at: Element | null = element; at !== null && names.length < 3; at = at.parentElement)
      names.unshift(at.tagName.toLowerCase() + [...at.classList].map((name) => `.${name}`).join(''));
    return `${names.join(' > ')}${test === undefined ? '' : ` [${test}]`}`;
  };

  const heard = new WeakMap<Element, boolean>();
  /** For the ear alone, or not shown at all. */
  const isUnseen = (element: Element): boolean => {
    const known = heard.get(element);
    if (known !== undefined) return known;
    const is =
      !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) ||
      getComputedStyle(element).clipPath.startsWith('inset(50%') ||
      (element.parentElement !== null && isUnseen(element.parentElement));
    heard.set(element, is);
    return is;
  };

  const ENDLESS: Box = { left: -1e6, top: -1e6, right: 1e6, bottom: 1e6 };
  /** Where boxes around an element cut it off, and where those that scroll show it. */
  function framesOf(element: Element): { cut: Box; shown: Box } {
    let cut = ENDLESS;
    let shown = ENDLESS;
    let { position } = getComputedStyle(element);
    const self = getComputedStyle(element);
    for (let at: Element | null = element; at !== null && at !== document.body; at = at.parentElement) {
      const style = at === element ? self : getComputedStyle(at);
      if (at !== element) {
        if (position === 'fixed') break;
        if (position === 'absolute' && style.position === 'static') continue;
        position = style.position;
      }
      if (style.display === 'inline') continue;
      const box = boxOf(at.getBoundingClientRect());
      const wide = { ...ENDLESS, left: box.left, right: box.right };
      const high = { ...ENDLESS, top: box.top, bottom: box.bottom };
      for (const [overflow, frame] of [
        [style.overflowX, wide],
        [style.overflowY, high],
      ] as const) {
        if (overflow === 'hidden' || overflow === 'clip') cut = common(cut, frame);
        if (overflow === 'auto' || overflow === 'scroll') shown = common(shown, frame);
      }
    }
    return { cut, shown };
  }

  const isOpaque = (element: Element): boolean => {
    const { backgroundColor, backgroundImage, backgroundClip } = getComputedStyle(element);
    if (backgroundClip === 'text') return false;
    const clear = /^(transparent|rgba\(.*, 0(\.\d+)?\))$/.test(backgroundColor);
    return !clear || backgroundImage !== 'none';
  };
  /** What lies over an element at one of the points of its ink. */
  function over(element: Element, { left, top, right, bottom }: Box): string | undefined {
    const y = (top + bottom) / 2;
    for (const x of [left + 1, (left + right) / 2, right - 1]) {
      const hit = document.elementFromPoint(x, y);
      if (hit === null || hit.contains(element) || element.contains(hit)) continue;
      for (let at: Element | null = hit; at !== null && !at.contains(element); at = at.parentElement) {
        // A page's own head stays while the page is scrolled under it.
        if (getComputedStyle(at).position === 'sticky') break;
        if (isOpaque(at)) return nameOf(at);
      }
    }
    return undefined;
  }

  const texts: SeenText[] = [];
  function take(text: string, element: Element, ink: Box, size: number): void {
    const { cut, shown } = framesOf(element);
    if (isNothing(common(ink, shown))) return;
    const kept = common(ink, cut);
    const isCut =
      kept.left > ink.left + 1 || kept.right < ink.right - 1 || kept.top > ink.top + 1 || kept.bottom < ink.bottom - 1;
    if (isNothing(kept) && element.closest(spare) !== null) return;
    const shortening = element.closest('[class]');
    const isShortened =
      [element, shortening].some(
        (at) => at != null && getComputedStyle(at).textOverflow === 'ellipsis' && at.scrollWidth > at.clientWidth,
      ) && isCut;
    const visible = common(kept, { left: 0, top: 0, right: viewport.width, bottom: viewport.height });
    const under = isNothing(visible) ? undefined : over(element, visible);
    const tile = element.closest('.tile')?.getBoundingClientRect();
    texts.push({
      text: text.trim().replace(/\s+/g, ' '),
      at: nameOf(element),
      ink,
      size,
      main: element.closest(main) !== null,
      inReach: element.closest('nav, dialog, [role=dialog], [role=menu]') !== null,
      shortened: isShortened,
      ...(isCut ? { left: isNothing(kept) ? ('nothing' as const) : kept } : {}),
      ...(under === undefined ? {} : { under }),
      ...(tile === undefined ? {} : { tile: boxOf(tile) }),
    });
  }

  /** The ink of a line of text within the box that the browser gives it. */
  function inkOf(text: string, element: Element, box: Box): Box | undefined {
    if (pen === null) return undefined;
    const { fontStyle, fontWeight, fontSize, fontFamily } = getComputedStyle(element);
    pen.font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
    const { fontBoundingBoxAscent, fontBoundingBoxDescent, actualBoundingBoxAscent, actualBoundingBoxDescent } =
      pen.measureText(text);
    const baseline = (box.top + box.bottom + fontBoundingBoxAscent - fontBoundingBoxDescent) / 2;
    return { ...box, top: baseline - actualBoundingBoxAscent, bottom: baseline + actualBoundingBoxDescent };
  }

  const range = document.createRange();
  /** The lines of a text: parts that stand at one height are one. */
  function linesOf(node: Node): Box[] {
    range.selectNodeContents(node);
    const lines: Box[] = [];
    for (const rect of range.getClientRects()) {
      const box = boxOf(rect);
      const last = lines.at(-1);
      if (isNothing(box)) continue;
      if (last !== undefined && Math.abs(last.top - box.top) < 1 && Math.abs(last.bottom - box.bottom) < 1)
        lines[lines.length - 1] = {
          ...last,
          left: Math.min(last.left, box.left),
          right: Math.max(last.right, box.right),
        };
      else lines.push(box);
    }
    return lines;
  }

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.nodeValue ?? '';
    if (element === null || text.trim() === '' || isUnseen(element)) continue;
    const size = Number.parseFloat(getComputedStyle(element).fontSize);
    for (const line of linesOf(node)) {
      const ink = inkOf(text, element, line);
      if (ink !== undefined) take(text, element, ink, size);
    }
  }
  // What is seen of a number whose digits roll is made by its styles: as high as a digit, as wide as all of them.
  for (const number of document.querySelectorAll('.number')) {
    const digit = number.querySelector('.digit');
    if (digit === null || isUnseen(number)) continue;
    const { top, bottom } = digit.getBoundingClientRect();
    const { left, right } = (digit.parentElement ?? digit).getBoundingClientRect();
    const text = number.textContent ?? '';
    const ink = inkOf(text, number, { left, top, right, bottom });
    if (ink !== undefined) take(text, number, ink, Number.parseFloat(getComputedStyle(number).fontSize));
  }

  const painted = (
    globalThis as { paintedTexts?: WeakMap<HTMLCanvasElement, { text: string; size: number; ink: Box }[]> }
  ).paintedTexts;
  for (const canvas of document.querySelectorAll('canvas')) {
    const box = canvas.getBoundingClientRect();
    const scale = box.width / canvas.width;
    for (const { text, size, ink } of painted?.get(canvas) ?? []) {
      const at = {
        left: box.left + ink.left * scale,
        top: box.top + ink.top * scale,
        right: box.left + ink.right * scale,
        bottom: box.top + ink.bottom * scale,
      };
      const kept = common(at, boxOf(box));
      const isCut =
        kept.left > at.left + 1 || kept.right < at.right - 1 || kept.top > at.top + 1 || kept.bottom < at.bottom - 1;
      texts.push({
        text,
        at: `${nameOf(canvas.parentElement?.parentElement ?? canvas)}, painted`,
        ink: at,
        size: size * scale,
        main: false,
        inReach: false,
        shortened: false,
        ...(isCut ? { left: isNothing(kept) ? ('nothing' as const) : kept } : {}),
      });
    }
  }

  const sideways: Seen['sideways'] = [];
  for (const element of document.body.querySelectorAll('*')) {
    const by = element.scrollWidth - element.clientWidth;
    if (by <= 1 || isUnseen(element)) continue;
    if (/auto|scroll/.test(getComputedStyle(element).overflowX)) sideways.push({ at: nameOf(element), by });
  }
  const outgrown: Seen['outgrown'] = [];
  for (const picture of document.querySelectorAll('canvas, figure, svg')) {
    const tile = picture.closest('.tile')?.getBoundingClientRect();
    if (tile === undefined || isUnseen(picture)) continue;
    const { left, right, bottom } = picture.getBoundingClientRect();
    const by = Math.max(tile.left - left, right - tile.right, bottom - tile.bottom);
    if (by > 0) outgrown.push({ at: nameOf(picture), by });
  }
  return {
    layout: document.querySelector('.wall') === null ? 'page' : 'wall',
    viewport,
    beyond: { width: root.scrollWidth - root.clientWidth, height: root.scrollHeight - root.clientHeight },
    texts,
    sideways,
    outgrown,
  };
}
