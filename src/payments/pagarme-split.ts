/** Who gets how much of a charge, as the provider wants it told. */
export interface SplitRule {
  readonly amount: number;
  readonly type: 'flat';
  readonly recipient_id: string;
  readonly options: {
    readonly charge_processing_fee: boolean;
    readonly charge_remainder_fee: boolean;
    readonly liable: boolean;
  };
}

/** Somebody must bear the provider's fees, the odd cents and the disputes: `bears` says who. */
export function splitRule(recipient: string, amount: number, bears: boolean): SplitRule {
  const options = { charge_processing_fee: bears, charge_remainder_fee: bears, liable: bears };
  return { amount, type: 'flat', recipient_id: recipient, options };
}

/**
 * The rules for giving back `amount` of a charge. They have to be told: without them the provider
 * applies those of the payment, whose flat amounts are more than is given back. Everybody gives
 * their part rounded down, and the last one, the platform, the odd cents as well.
 */
export function refundSplit(
  split: readonly { readonly recipient: string; readonly amountCents: number }[],
  amount: number,
): SplitRule[] {
  const total = split.reduce((sum, { amountCents }) => sum + amountCents, 0);
  const last = split.length - 1;
  const parts = split.map(({ amountCents }) => Math.floor((amount * amountCents) / total));
  const odd = amount - parts.reduce((sum, part) => sum + part, 0);
  return split
    .map(({ recipient }, index) => {
      const isLast = index === last;
      return splitRule(recipient, parts[index]! + (isLast ? odd : 0), isLast);
    })
    .filter((rule) => rule.amount > 0);
}
