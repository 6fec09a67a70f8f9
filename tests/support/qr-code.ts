import decode from 'jsqr';
import { PNG } from 'pngjs';

/** The text of the QR code in a picture, as a phone's camera would read it. */
export function readQrCode(png: Buffer): string {
  const { data, width, height } = PNG.sync.read(png);
  const code = decode(new Uint8ClampedArray(data), width, height);
  if (code === null) throw new Error('No QR code can be read in this picture.');
  return code.data;
}

const PIXELS_A_MODULE = 4;

/** The text of the QR code that stands in a page as one SVG path of runs of dark modules. */
export function readQrPath(html: string): string {
  const [, size = '', path = ''] =
    /<svg class="qr" viewBox="0 0 (\d+) \d+"[^>]*>.*?<path d="(M[^"]+z)"/s.exec(html) ?? [];
  const side = Number(size);
  const width = side * PIXELS_A_MODULE;
  const pixels = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [, left, top, run] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let y = Number(top) * PIXELS_A_MODULE; y < (Number(top) + 1) * PIXELS_A_MODULE; y += 1) {
      const from = (y * width + Number(left) * PIXELS_A_MODULE) * 4;
      for (let at = from; at < from + Number(run) * PIXELS_A_MODULE * 4; at += 4) pixels.fill(0, at, at + 3);
    }
  }
  const code = decode(pixels, width, width);
  if (code === null) throw new Error('No QR code can be read in this page.');
  return code.data;
}
