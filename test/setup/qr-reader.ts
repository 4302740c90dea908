import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The decoder of the scanner, which is no package of ours: it comes with the detector. */
const scanner = createRequire(new URL('../../web/scanner/package.json', import.meta.url));
const detector = createRequire(scanner.resolve('barcode-detector'));

interface Reader {
  prepareZXingModule(options: object): unknown;
  readBarcodes(image: Blob, options: object): Promise<readonly { readonly text: string }[]>;
}

/** What a camera would read in a picture; undefined when there is no code in it. */
export async function qrTextIn(png: Uint8Array<ArrayBuffer>): Promise<string | undefined> {
  const { prepareZXingModule, readBarcodes } = detector('zxing-wasm/reader') as Reader;
  const wasmBinary = readFileSync(detector.resolve('zxing-wasm/reader/zxing_reader.wasm'));
  prepareZXingModule({ overrides: { wasmBinary: Uint8Array.from(wasmBinary).buffer } });
  const [found] = await readBarcodes(new Blob([png]), { formats: ['QRCode'] });
  return found?.text;
}
