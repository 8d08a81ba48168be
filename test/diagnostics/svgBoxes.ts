/** A rectangle on the page: of a node, or around words. */
export interface Box {
  readonly what: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Share of its size that a letter of a sans-serif font takes in width, on average. */
const LETTER = 0.5;

/** Nodes and words of a drawing, in its own coordinates, and its size. */
export function boxesOf(svg: string): { nodes: Box[]; words: Box[]; width: number; height: number } {
  const [, width, height] = (/viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) as RegExpExecArray).map(Number) as [
    number,
    number,
    number,
  ];
  const nodes: Box[] = [];
  const words: Box[] = [];
  for (const [, dx, dy, group] of svg.matchAll(/<g transform="translate\(([-\d.]+) ([-\d.]+)\)">([\s\S]*?)<\/g>/g)) {
    const [x0, y0] = [Number(dx), Number(dy)];
    for (const [tag] of (group as string).matchAll(/<rect [^>]*stroke=[^>]*>/g)) {
      const [x, y, w, h] = ["x", "y", "width", "height"].map((name) => attribute(tag, name)) as [
        number,
        number,
        number,
        number,
      ];
      nodes.push({ what: tag, left: x0 + x, right: x0 + x + w, top: y0 + y, bottom: y0 + y + h });
    }
    for (const [tag, , inner] of (group as string).matchAll(/(<text [^>]*>)(.*?)<\/text>/g))
      words.push(wordBox(tag, inner as string, x0, y0));
  }
  return { nodes, words, width, height };
}

function wordBox(tag: string, inner: string, x0: number, y0: number): Box {
  const text = inner.replace(/<[^>]*>/g, "").replace(/&#\d+;/g, "&");
  const [x, y, size] = ["x", "y", "font-size"].map((name) => attribute(tag, name)) as [number, number, number];
  const length = text.length * size * LETTER;
  const anchor = /text-anchor="(\w+)"/.exec(tag)?.[1] ?? "start";
  const left = x0 + x - (anchor === "middle" ? length / 2 : anchor === "end" ? length : 0);
  return { what: text, left, right: left + length, top: y0 + y - 0.75 * size, bottom: y0 + y + 0.1 * size };
}

function attribute(tag: string, name: string): number {
  return Number(new RegExp(` ${name}="([-\\d.]+)"`).exec(tag)?.[1]);
}

/** Pairs that lie on each other. */
export function overlaps(a: readonly Box[], b: readonly Box[] = a): string[] {
  return a.flatMap((one) =>
    b
      .filter((other) => one !== other && one.left < other.right && other.left < one.right)
      .filter((other) => one.top < other.bottom && other.top < one.bottom)
      .map((other) => `${one.what} on ${other.what}`),
  );
}

/** Whether one lies inside another. */
export function isInside(inner: Box, outer: Box): boolean {
  return (
    inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom
  );
}
