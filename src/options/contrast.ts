/** A background, and the colour to mix into what has too little contrast on it. */
export interface Background {
  readonly on: string;
  readonly towards: string;
}

/** WCAG 2.2, success criterion 1.4.3. */
export const READABLE = 4.5;

const MIXES = 100;

/** The colour with as little of the other one mixed in as it takes. */
export function makeReadable(colour: string, { on, towards }: Background): string {
  for (let share = 0; share < MIXES; share += 1) {
    const mixed = mix(colour, towards, share / MIXES);
    if (contrast(mixed, on) >= READABLE) return mixed;
  }
  return towards;
}

type Channels = readonly [number, number, number];

function channelsOf(colour: string): Channels {
  const at = (index: number) => Number.parseInt(colour.slice(index, index + 2), 16);
  return [at(1), at(3), at(5)];
}

function mix(colour: string, other: string, share: number): string {
  const others = channelsOf(other);
  const mixed = channelsOf(colour).map((value, index) => {
    const channel = Math.round(value + ((others[index] ?? 0) - value) * share);
    return channel.toString(16).padStart(2, '0');
  });
  return `#${mixed.join('')}`;
}

/** The contrast ratio of two colours, 1 to 21 (WCAG 2.2, “contrast ratio”). */
export function contrast(one: string, other: string): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

/** WCAG 2.2, “relative luminance”. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channelsOf(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
