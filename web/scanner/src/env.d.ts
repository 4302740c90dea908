declare module 'virtual:decoder-wasm' {
  const url: string;
  export default url;
}

declare module 'virtual:pwa-register' {
  export function registerSW(options: {
    readonly immediate?: boolean;
    readonly onNeedRefresh?: () => void;
    readonly onRegisterError?: (error: unknown) => void;
  }): (reloadPage?: boolean) => Promise<void>;
}
