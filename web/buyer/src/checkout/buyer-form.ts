import type { Buyer, OrderDetails } from '@ingressou/client-sdk';
import type { Item, LotId } from '@ingressou/protocol';
import { cpfAsTyped, isCpf } from './cpf.ts';
import { isPhone, phoneAsTyped } from './phone.ts';

/** What a buyer types, as it stands in the fields. */
export interface BuyerForm extends Buyer {
  /** All tickets are for the buyer. */
  readonly isForMe: boolean;
  /** One for each ticket, in the order of the hold's items. */
  readonly holders: readonly string[];
}

/** What is wrong, by where it stands in the details (a JSON Pointer). */
export type Flaws = ReadonlyMap<string, FlawName>;
export type FlawName = keyof typeof checks | CardFlawName;
export type CardFlawName =
  | 'cardNumber'
  | 'cardHolder'
  | 'cardMonth'
  | 'cardYear'
  | 'cardCode'
  | 'address'
  | 'zipCode'
  | 'city'
  | 'uf';

/** As the server checks them, which has the last word. */
const checks = {
  name: isName,
  email: (text: string) => text.length <= 64 && /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(text),
  cpf: isCpf,
  phone: isPhone,
} as const;

export function emptyForm(units: number, remembered: Partial<Buyer> = {}): BuyerForm {
  const { name = '', email = '', cpf = '', phone = '' } = remembered;
  return { name, email, cpf, phone, isForMe: true, holders: Array<string>(units).fill('') };
}

/** The form after somebody typed into one of its fields. */
export function withField(form: BuyerForm, field: keyof Buyer, text: string): BuyerForm {
  if (field === 'cpf') return { ...form, cpf: cpfAsTyped(text) };
  if (field === 'phone') return { ...form, phone: phoneAsTyped(text) };
  return { ...form, [field]: text };
}

export function withHolder(form: BuyerForm, index: number, name: string): BuyerForm {
  return { ...form, holders: form.holders.with(index, name) };
}

/** Everything that is wrong with it, in the order of the fields. */
export function flawsOf(form: BuyerForm): Flaws {
  const flaws = new Map<string, FlawName>();
  for (const field of ['name', 'email', 'cpf', 'phone'] as const) {
    if (!checks[field](form[field].trim())) flaws.set(`/buyer/${field}`, field);
  }
  if (form.isForMe) return flaws;
  for (const [index, name] of form.holders.entries()) {
    if (!isName(name.trim())) flaws.set(`/holders/${index}/name`, 'name');
  }
  return flaws;
}

/** What is told of the buyer and of who comes. */
export function detailsOf(form: BuyerForm): Pick<OrderDetails, 'buyer' | 'holders'> {
  const [name, email] = [form.name.trim(), form.email.trim()];
  const holders = form.holders.map((holder) => ({ name: form.isForMe ? name : holder.trim() }));
  return { buyer: { name, email, cpf: form.cpf, phone: form.phone }, holders };
}

/** The lot of each ticket, in the order in which holders are told. */
export function lotsOf(items: readonly Item[]): readonly LotId[] {
  return items.flatMap(({ lot, quantity }) => Array<LotId>(quantity).fill(lot));
}

function isName(text: string): boolean {
  return text.length <= 64 && (text.match(/\p{L}/gu)?.length ?? 0) >= 2;
}
