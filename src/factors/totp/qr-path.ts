import { create } from 'qrcode';

const QUIET_ZONE_MODULES = 4;

/**
 * Draws a QR code as the data of one SVG path, so that a template can put it into an attribute and escape it like any
 * other value. `size` is the side of the square in modules, with the quiet zone that ISO/IEC 18004 asks for.
 */
export function drawQrPath(text: string): { readonly size: number; readonly path: string } {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  let path = '';
  for (let row = 0; row < modules.size; row += 1) {
    for (let column = 0; column < modules.size; column += 1) {
      if (modules.get(row, column) === 0) continue;
      let run = 1;
      while (column + run < modules.size && modules.get(row, column + run) !== 0) run += 1;
      path += `M${column + QUIET_ZONE_MODULES} ${row + QUIET_ZONE_MODULES}h${run}v1h-${run}z`;
      column += run;
    }
  }
  return { size: modules.size + 2 * QUIET_ZONE_MODULES, path };
}
