import type { CommandId, DeviceId, EventId, LotId, NodeId, SubjectId } from '@ingressou/protocol';
import { limits, pack } from '@ingressou/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command } from '../domain/commands.ts';
import type { Fact } from '../domain/facts.ts';
import type { Question } from '../domain/questions.ts';
import { busBytesMax } from '../ports/bus.ts';
import {
  type Answered,
  FrameError,
  type NumberedLetter,
  packAnnouncement,
  packAnswers,
  packCommands,
  packFacts,
  packStandings,
  unpackAnnouncement,
  unpackAnswers,
  unpackCommands,
  unpackFacts,
  unpackStandings,
} from './frames.ts';

const id = <T extends DeviceId | EventId | LotId | NodeId | SubjectId | CommandId>() =>
  fc.uuid().map((uuid) => uuid as T);
/** Whatever a number may be on its way to the rule that refuses it; there is only one zero. */
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double().map((value) => value + 0),
);
const string = fc.string({ unit: 'grapheme', maxLength: 300 });
const commandId = id<CommandId>();
const subject = id<SubjectId>();
const device = id<DeviceId>();
const bytes = fc.uint8Array({ maxLength: 40 });
const ticket = {
  keyId: 1,
  event: 7,
  serial: 42,
  revision: 0,
  lot: 2,
  price: 'student' as const,
  isNominal: false,
  isMinor: true,
  isRotating: false,
  isPrintable: true,
  notBefore: 0,
  validHours: 0,
  salt: 9,
};
const items = fc.array(fc.record({ lot: id<LotId>(), quantity: number }), { maxLength: 12 });

const commands: { [T in Command['type']]: fc.Arbitrary<Extract<Command, { type: T }>> } = {
  create_show: fc.record(
    {
      type: fc.constant('create_show'),
      id: commandId,
      holdMs: number,
      extendMs: number,
      limit: number,
      payMs: number,
      feeBasisPoints: number,
      startsAt: number,
      zoneMinutes: number,
      isRotating: fc.boolean(),
    },
    { requiredKeys: ['type', 'id', 'holdMs', 'extendMs', 'limit'] },
  ),
  open_lot: fc.record(
    {
      type: fc.constant('open_lot'),
      id: id<LotId>(),
      sector: string,
      name: string,
      priceCents: number,
      quantity: number,
      isHalf: fc.boolean(),
      isNominal: fc.boolean(),
      isPrintable: fc.boolean(),
    },
    { requiredKeys: ['type', 'id', 'sector', 'name', 'priceCents', 'quantity'] },
  ),
  open_sale: fc.record(
    { type: fc.constant('open_sale'), id: commandId, opensAt: number },
    { requiredKeys: ['type', 'id'] },
  ),
  pause_sale: fc.record({ type: fc.constant('pause_sale'), id: commandId }),
  reserve: fc.record({ type: fc.constant('reserve'), id: commandId, subject, items }),
  extend: fc.record({ type: fc.constant('extend'), id: commandId, subject, hold: commandId }),
  release: fc.record({ type: fc.constant('release'), id: commandId, subject, hold: commandId }),
  checkout: fc.record({
    type: fc.constant('checkout'),
    id: commandId,
    subject,
    hold: commandId,
    method: fc.constantFrom('pix' as const, 'card' as const),
  }),
  cancel: fc.record({ type: fc.constant('cancel'), id: commandId, subject, order: commandId }),
  refund: fc.record(
    {
      type: fc.constant('refund'),
      id: commandId,
      subject,
      order: commandId,
      serials: fc.array(number, { maxLength: 12 }),
    },
    { requiredKeys: ['type', 'id', 'order'] },
  ),
  cancel_show: fc.record({ type: fc.constant('cancel_show'), id: commandId }),
  bind_ticket: fc.record({
    type: fc.constant('bind_ticket'),
    id: commandId,
    subject,
    order: commandId,
    serial: number,
    holderKey: bytes,
    mayMove: fc.boolean(),
  }),
  free_ticket: fc.record({ type: fc.constant('free_ticket'), id: commandId, serial: number }),
  begin_payment: fc.record({
    type: fc.constant('begin_payment'),
    charge: string,
    order: commandId,
  }),
  confirm_payment: fc.record({
    type: fc.constant('confirm_payment'),
    charge: string,
    order: commandId,
    amountCents: number,
  }),
  fail_payment: fc.record({
    type: fc.constant('fail_payment'),
    attempt: string,
    order: commandId,
    refusal: fc.constantFrom('card_refused' as const, 'provider_unavailable' as const),
  }),
  note_signed: fc.record({ type: fc.constant('note_signed'), order: commandId }),
  note_refunded: fc.record({
    type: fc.constant('note_refunded'),
    refund: string,
    order: commandId,
  }),
  charge_back: fc.record({ type: fc.constant('charge_back'), charge: string, order: commandId }),
  set_checkpoints: fc.record({
    type: fc.constant('set_checkpoints'),
    id: commandId,
    checkpoints: fc.array(
      fc.record({
        name: string,
        gates: fc.array(string, { maxLength: 3 }),
        rules: fc.record({
          checkpoint: number,
          isDaily: fc.boolean(),
          mayReenter: fc.boolean(),
          needsProof: fc.boolean(),
          days: fc.array(fc.record({ from: number, until: number }), { maxLength: 3 }),
          sectors: fc.array(fc.record({ gates: number, strictGates: number, days: number })),
          lotSectors: fc.array(number),
        }),
      }),
      { maxLength: 3 },
    ),
  }),
  enrol_device: fc.record({
    type: fc.constant('enrol_device'),
    id: commandId,
    device,
    gate: number,
  }),
  revoke_device: fc.record({ type: fc.constant('revoke_device'), id: commandId, device }),
  report_device: fc.record({
    type: fc.constant('report_device'),
    device,
    unsent: number,
    mode: fc.constantFrom('online' as const, 'strict' as const),
  }),
  scan: fc.record(
    {
      type: fc.constant('scan'),
      id: commandId,
      device,
      seq: number,
      checkpoint: number,
      direction: fc.constantFrom('entry' as const, 'exit' as const),
      verified: fc.constantFrom(
        { isGenuine: false as const, reason: 'not_a_ticket' as const, fault: 'empty' as const },
        { isGenuine: true as const, ticket },
        { isGenuine: false as const, reason: 'bad_signature' as const, ticket },
      ),
      hasProof: fc.boolean(),
      override: fc.constant('supervisor' as const),
    },
    {
      requiredKeys: [
        'type',
        'id',
        'device',
        'seq',
        'checkpoint',
        'direction',
        'verified',
        'hasProof',
      ],
    },
  ),
  merge_scans: fc.record({
    type: fc.constant('merge_scans'),
    id: commandId,
    device,
    log: fc.record({
      before: fc.record({ seq: number, hash: bytes }),
      scans: fc.array(bytes, { maxLength: 5 }),
      hash: bytes,
    }),
    chain: bytes,
    offset: number,
  }),
  see_incidents: fc.record({
    type: fc.constant('see_incidents'),
    id: commandId,
    incidents: fc.array(string, { maxLength: 3 }),
  }),
  top_up: fc.record({
    type: fc.constant('top_up'),
    id: commandId,
    device,
    serial: number,
    method: fc.constantFrom('pix' as const, 'cash' as const),
  }),
  expire: fc.record({ type: fc.constant('expire'), hold: commandId }),
  open_scheduled_sale: fc.record({ type: fc.constant('open_scheduled_sale') }),
  undo_next_order: fc.record({ type: fc.constant('undo_next_order') }),
};
const questions: { [T in Question['type']]: fc.Arbitrary<Extract<Question, { type: T }>> } = {
  view: fc.record({ type: fc.constant('view') }),
  holds: fc.record({ type: fc.constant('holds'), subject }),
  orders: fc.record({ type: fc.constant('orders'), subject }),
  order: fc.record(
    { type: fc.constant('order'), order: commandId, subject },
    { requiredKeys: ['type', 'order'] },
  ),
  holder: fc.record({ type: fc.constant('holder'), order: commandId, subject, serial: number }),
  gates: fc.record({ type: fc.constant('gates') }),
  incidents: fc.record(
    { type: fc.constant('incidents'), since: number },
    { requiredKeys: ['type'] },
  ),
  package: fc.record({ type: fc.constant('package'), checkpoint: number, device: string }),
  name_cards: fc.record({
    type: fc.constant('name_cards'),
    checkpoint: number,
    device: string,
    block: number,
  }),
};

const letter: fc.Arbitrary<NumberedLetter> = fc
  .tuple(
    fc.nat(),
    fc.constantFrom(...(['a', 'a', 'b'] as EventId[])),
    fc.oneof(...Object.values<fc.Arbitrary<Command | Question>>({ ...commands, ...questions })),
  )
  .map(([count, event, body]) => ({ number: count, event, body }));

const sale = fc.oneof(
  fc.constant({ status: 'open' as const }),
  fc.record({ status: fc.constant('scheduled' as const), opensAt: number }),
);
const lot = fc.record({
  id: id<LotId>(),
  sector: string,
  name: string,
  priceCents: number,
  feeCents: number,
  isHalf: fc.boolean(),
  quantity: number,
  available: number,
});
const view = fc
  .record({
    sale,
    limit: number,
    feeBasisPoints: number,
    isRotating: fc.boolean(),
    lots: fc.array(lot, { maxLength: 5 }),
  })
  .map((plain) => ({ ...plain, lots: new Map(plain.lots.map((each) => [each.id, each])) }));
const hold = fc.record({
  id: commandId,
  status: fc.constantFrom('held' as const, 'paid' as const),
  items,
  expiresAt: number,
  canExtend: fc.boolean(),
});
const order = fc.record(
  {
    id: commandId,
    hold: commandId,
    status: fc.constantFrom('pending' as const, 'paid' as const),
    method: fc.constantFrom('pix' as const, 'card' as const),
    lines: fc.array(
      fc.record({ lot: id<LotId>(), quantity: number, priceCents: number, feeCents: number }),
    ),
    ticketsCents: number,
    feeCents: number,
    payBy: number,
    isPayable: fc.boolean(),
    refusal: fc.constant('card_refused' as const),
    paidAt: number,
    tickets: fc.array(
      fc.record({
        serial: number,
        lot: id<LotId>(),
        status: fc.constantFrom('valid' as const, 'revoked' as const),
        revision: number,
      }),
    ),
    hasCodes: fc.boolean(),
    refundDueCents: number,
    refundedCents: number,
  },
  { noNullPrototype: true },
);
const reply = fc.record({
  accepted: fc.constant(true as const),
  generation: number,
  position: number,
  at: number,
  value: fc.oneof(view, fc.array(hold), fc.array(order), fc.option(fc.record({ order, hold }))),
});
const rejection = fc.oneof(
  fc.constant({ reason: 'sold_out' as const, lot: 'x', available: 3 }),
  fc.record({ reason: fc.constant('busy' as const), retryAfterMs: number }),
  fc.constant({ reason: 'sealed' as const }),
);
const answer: fc.Arbitrary<Answered> = fc.oneof(
  fc.constant({ accepted: true as const }),
  fc.record({ accepted: fc.constant(true as const), expiresAt: number }),
  fc.record({
    accepted: fc.constant(true as const),
    told: fc.record({ type: fc.constant('bound' as const), revision: fc.option(number) }),
    position: number,
  }),
  fc.record({ accepted: fc.constant(false as const), rejection }),
  fc.record({
    accepted: fc.constant(false as const),
    rejection,
    elsewhere: fc.record({ node: fc.option(id<NodeId>(), { nil: undefined }) }),
  }),
  reply,
);

describe('a frame', () => {
  it('of commands and questions is read as it was written', () => {
    fc.assert(
      fc.property(id<NodeId>(), fc.array(letter), (asker, letters) => {
        expect(unpackCommands(packCommands(asker, letters))).toEqual({ asker, letters });
      }),
    );
  });

  it('of answers is read as it was written', () => {
    const answers = fc.array(fc.record({ number: fc.nat(), answer }));
    fc.assert(
      fc.property(id<NodeId>(), answers, (from, told) => {
        expect(unpackAnswers(packAnswers(from, told))).toEqual({ from, answers: told });
      }),
    );
  });

  it('of facts carries them as the journal holds them', () => {
    const facts: Fact[] = [
      { type: 'owned', owner: 'n' as NodeId, epoch: 3, generation: 1 },
      { type: 'sale_opened' },
    ];
    const event = 'a' as EventId;
    const packed = pack(facts);
    const committed = {
      event,
      generation: 1,
      from: 4,
      to: 6,
      at: 1_700_000_000_000,
      facts,
      packed,
    };
    const read = unpackFacts(event, packFacts(committed));
    expect({ ...read, packed: new Uint8Array(read.packed) }).toEqual({
      ...committed,
      packed: new Uint8Array(packed),
    });
  });

  it('of announcements and standings is read as it was written', () => {
    const standing = { event: 'a' as EventId, generation: 2, position: 70_000 };
    const announcement = { ...standing, node: 'n' as NodeId };
    expect(unpackAnnouncement(packAnnouncement(announcement))).toEqual(announcement);
    const standings = [standing, { ...standing, event: 'b' as EventId, position: 0 }];
    expect(unpackStandings(packStandings(standings))).toEqual(standings);
    expect(unpackStandings(packStandings([]))).toEqual([]);
  });

  it('holds the state of the largest show', () => {
    const text = 'x'.repeat(100);
    const lots = Array.from({ length: limits.lotsMax }, (_, index) => {
      const lotId = `${index}`.padStart(36, '0') as LotId;
      const prices = { priceCents: 1e9, feeCents: 1e9, isHalf: true };
      const sizes = { quantity: 1e9, available: 1e9 };
      return [lotId, { id: lotId, sector: text, name: text, ...prices, ...sizes }] as const;
    });
    const value = {
      sale: { status: 'open' as const },
      limit: 1,
      feeBasisPoints: 1,
      lots: new Map(lots),
    };
    const largest = { accepted: true as const, generation: 1, position: 1, at: 1, value };
    const bytes = packAnswers('n' as NodeId, [{ number: 1, answer: largest }]);
    expect(bytes.length).toBeLessThan(busBytesMax);
  });

  const readers = {
    unpackCommands,
    unpackAnswers,
    unpackAnnouncement,
    unpackStandings,
    unpackFacts: (bytes: Uint8Array) => unpackFacts('a' as EventId, bytes),
  };
  const nonsense: [string, unknown][] = [
    ['no array', { version: 1 }],
    ['another version', [2, 'n', 1, 'a', {}]],
    ['nobody who sent it', [1, 7, 1, 'a', {}]],
    ['too little', [1, 'n', 1]],
    ['no numbers', [1, 'n', 'x', 'a', {}]],
    ['no event', [1, 'n', 1, null, {}]],
    ['no command', [1, 'n', 1, 'a', 'reserve']],
    ['no answer', [1, 'n', 1, 'yes']],
    ['facts that cannot be read', [1, 1, 4, 6, 0, new Uint8Array([0xc1])]],
    ['facts that are too few', [1, 1, 4, 6, 0, pack([{ type: 'sale_opened' }])]],
  ];

  it.each(nonsense)('of %s is refused', (_, value) => {
    const bytes = pack(value);
    const outcomes = Object.values(readers).map((read) => {
      try {
        return read(bytes) && 'read';
      } catch (error) {
        return error instanceof FrameError ? 'refused' : error;
      }
    });
    expect(outcomes).toContain('refused');
    for (const outcome of outcomes) expect(['read', 'refused']).toContain(outcome);
  });

  it('of another version is refused by everybody, however well it reads', () => {
    for (const read of Object.values(readers)) {
      expect(() => read(pack([2, 'n', 0, 0, 0, pack([])]))).toThrow('its version is 2, ours is 1');
    }
  });

  it('of any bytes at all is refused or read, and nothing else breaks', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        for (const read of Object.values(readers)) {
          try {
            read(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(FrameError);
          }
        }
      }),
    );
  });
});
