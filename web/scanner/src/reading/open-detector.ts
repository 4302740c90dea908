import wasmUrl from 'virtual:decoder-wasm';
import { type Detector, orElse } from './detector.ts';

interface NativeDetector {
  new (options: { formats: readonly string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
}

/**
 * The phone's own detector when it knows QR codes, which is faster and saves its battery; else, and
 * when it does not keep its word, zxing as WebAssembly, from our own server.
 */
export async function openDetector(): Promise<Detector> {
  const native = await nativeDetector();
  if (native === undefined) return await openWasm();
  return orElse(new native({ formats: ['qr_code'] }), openWasm);
}

async function openWasm(): Promise<Detector> {
  const { BarcodeDetector, prepareZXingModule } = await import('barcode-detector/ponyfill');
  // Left alone it would fetch the decoder from a CDN.
  prepareZXingModule({ overrides: { locateFile: () => wasmUrl }, fireImmediately: true });
  return new BarcodeDetector({ formats: ['qr_code'] });
}

async function nativeDetector(): Promise<NativeDetector | undefined> {
  const native = (globalThis as { readonly BarcodeDetector?: NativeDetector }).BarcodeDetector;
  if (native === undefined) return undefined;
  try {
    const formats = await native.getSupportedFormats();
    return formats.includes('qr_code') ? native : undefined;
  } catch {
    // Some systems have the class and no service behind it: then it is as if it were not there.
    return undefined;
  }
}
