import wasmUrl from 'virtual:decoder-wasm';

/** Finds the QR codes in a picture. */
export interface Detector {
  readonly engine: 'native' | 'wasm';
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}

interface NativeDetector {
  new (options: { formats: readonly string[] }): Omit<Detector, 'engine'>;
  getSupportedFormats(): Promise<readonly string[]>;
}

/**
 * The phone's own detector when it knows QR codes, which is faster and saves its battery; else
 * zxing as WebAssembly, from our own server.
 */
export async function openDetector(): Promise<Detector> {
  const native = await nativeDetector();
  if (native !== undefined) return withEngine('native', new native({ formats: ['qr_code'] }));
  const { BarcodeDetector, prepareZXingModule } = await import('barcode-detector/ponyfill');
  // Left alone it would fetch the decoder from a CDN.
  prepareZXingModule({ overrides: { locateFile: () => wasmUrl }, fireImmediately: true });
  return withEngine('wasm', new BarcodeDetector({ formats: ['qr_code'] }));
}

function withEngine(engine: Detector['engine'], detector: Omit<Detector, 'engine'>): Detector {
  return { engine, detect: (source) => detector.detect(source) };
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
