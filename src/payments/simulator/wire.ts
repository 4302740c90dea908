/** The provider's JSON, as far as anybody has seen it. The simulator keeps and changes it so. */

export interface WireSplit {
  amount: number;
  type: string;
  recipient_id: string;
  options?: unknown;
}

export interface WireTransaction {
  id: string;
  transaction_type: 'pix' | 'credit_card';
  gateway_id: string;
  amount: number;
  status: string;
  success: boolean;
  created_at: string;
  updated_at: string;
  gateway_response: unknown;
  antifraud_response: unknown;
  metadata: unknown;
  split?: WireSplit[];

  pix_provider_tid?: string;
  qr_code?: string;
  qr_code_url?: string;
  expires_at?: string;
  end_to_end_id?: string;
  payer?: unknown;

  operation_key?: string;
  operation_type?: string;
  installments?: number;
  statement_descriptor?: string;
  acquirer_name?: string;
  acquirer_tid?: string;
  acquirer_nsu?: string;
  acquirer_auth_code?: string;
  acquirer_message?: string;
  acquirer_return_code?: string;
  card?: unknown;
  funding_source?: string;
  payment_type?: string;
}

export interface WireCharge {
  id: string;
  code: string;
  gateway_id: string;
  amount: number;
  paid_amount?: number;
  canceled_amount?: number;
  status: string;
  currency: string;
  payment_method: 'pix' | 'credit_card';
  created_at: string;
  updated_at: string;
  paid_at?: string;
  canceled_at?: string;
  customer: unknown;
  metadata: unknown;
  last_transaction: WireTransaction;
}

export interface WireOrder {
  id: string;
  code: string;
  amount: number;
  currency: string;
  closed: boolean;
  status: 'pending' | 'paid' | 'canceled' | 'failed';
  created_at: string;
  updated_at: string;
  closed_at: string;
  items: unknown[];
  customer: unknown;
  charges: WireCharge[];
  checkouts: unknown[];
  metadata: Record<string, unknown>;
}

export interface WireHook {
  id: string;
  account: { id: string; name: string };
  type: string;
  created_at: string;
  data: unknown;
}

/** Whole seconds, as the provider writes times. */
export function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
