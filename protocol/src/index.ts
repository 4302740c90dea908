export * from './close-codes.ts';
export * from './codec.ts';
export * from './errors.ts';
export * from './ids.ts';
export * from './limits.ts';
export * from './messages.ts';
export * from './rejections.ts';
export * from './version.ts';
