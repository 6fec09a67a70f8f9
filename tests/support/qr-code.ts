import decode from 'jsqr';
import { PNG } from 'pngjs';

/** The text of the QR code in a picture, as a phone's camera would read it. */
export function readQrCode(png: Buffer): string {
  const { data, width, height } = PNG.sync.read(png);
  const code = decode(new Uint8ClampedArray(data), width, height);
  if (code === null) throw new Error('No QR code can be read in this picture.');
  return code.data;
}
