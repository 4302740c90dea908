/** Where a provider is; the simulator has an address of its own for each. */
export interface ProviderAddresses {
  readonly apiUrl: string;
  /** Where tokens for 3-D Secure come from. */
  readonly challengeUrl: string;
  /** What the buyer's page loads: what makes tokens of cards, and 3-D Secure. */
  readonly scripts: { readonly tokenize: string; readonly challenge: string };
}

/** Where Pagar.me is. Only 3-D Secure has another place for test keys. */
export function pagarmeAddresses(secretKey: string): ProviderAddresses {
  const isTest = secretKey.startsWith('sk_test_');
  return {
    apiUrl: 'https://api.pagar.me/core/v5',
    challengeUrl: isTest ? 'https://3ds-sdx.stone.com.br/v2' : 'https://3ds.stone.com.br/v2',
    scripts: {
      tokenize: 'https://checkout.pagar.me/v1/tokenizecard.js',
      challenge: `https://3ds-nx-js.stone.com.br/${isTest ? 'test' : 'live'}/v2/3ds2.min.js`,
    },
  };
}
