import type { PresentShow } from '@ingressou/client-sdk';
import type { LotView } from '@ingressou/protocol';
import { canAdd } from './cart.ts';
import { money } from './format.ts';
import { HalfPriceNotice } from './half-price-notice.tsx';
import { halfPriceTexts } from './half-price-texts.ts';
import type { LiveShow } from './live-show.ts';
import { Stepper } from './stepper.tsx';
import { texts } from './texts.ts';

interface LotsProps {
  readonly live: LiveShow;
  readonly view: PresentShow;
}

/** A count below this is worth a warning. */
const few = 20;

/** What is for sale, by sector, with what is left of it right now. */
export function Lots({ live, view }: LotsProps) {
  return (
    <section class="card lots" aria-labelledby="tickets">
      <div class="title-line">
        <h2 id="tickets" tabIndex={-1}>
          {texts.tickets}
        </h2>
        <p class="quiet">{texts.limit(view.limit)}</p>
      </div>
      {[...bySector(view.lots)].map(([sector, lots]) => (
        <section key={sector} class="sector">
          <h3>{sector}</h3>
          <ul>
            {lots.map((lot) => (
              <Lot key={lot.id} lot={lot} live={live} view={view} />
            ))}
          </ul>
        </section>
      ))}
      {view.lots.some(({ available }) => available === 0) && (
        <p class="quiet note">{texts.mayComeBack}</p>
      )}
      <HalfPriceNotice lots={view.lots} />
    </section>
  );
}

/** In the order in which the first lot of each sector stands. */
function bySector(lots: readonly LotView[]): ReadonlyMap<string, readonly LotView[]> {
  const sectors = new Map<string, LotView[]>();
  for (const lot of lots) sectors.set(lot.sector, [...(sectors.get(lot.sector) ?? []), lot]);
  return sectors;
}

function Lot({ lot, live, view }: LotsProps & { readonly lot: LotView }) {
  const quantity = live.cart.value.get(lot.id) ?? 0;
  return (
    <li class="lot">
      <div class="lot-about">
        <span class="lot-name">
          {lot.name} {isWorthSaying(lot) && <span class="badge">{halfPriceTexts.badge}</span>}
          {lot.isNominal && <span class="badge">{texts.nominal}</span>}
        </span>
        <span class="price">{money(lot.priceCents + lot.feeCents)}</span>
        {lot.feeCents > 0 && <span class="quiet note">{texts.feeInside(lot.feeCents)}</span>}
        <Availability available={lot.available} />
        {lot.available > 0 && quantity > lot.available && (
          <span class="few">{texts.fewerThanChosen}</span>
        )}
      </div>
      {live.canReserve && (lot.available > 0 || quantity > 0) && (
        <Stepper
          label={texts.quantityOf(texts.lotName(lot.sector, lot.name))}
          value={quantity}
          canAdd={canAdd(live.cart.value, lot, view)}
          isLocked={live.isReserving.value}
          onChange={(next) => live.choose(lot.id, next)}
        />
      )}
    </li>
  );
}

/** A lot that is called so needs no badge beside its name. */
function isWorthSaying({ isHalf, name }: LotView): boolean {
  return isHalf && !name.toLowerCase().includes(halfPriceTexts.badge.toLowerCase());
}

function Availability({ available }: Pick<LotView, 'available'>) {
  if (available === 0) return <span class="sold-out">{texts.soldOut}</span>;
  if (available <= few) return <span class="few">{texts.fewLeft(available)}</span>;
  return <span class="quiet">{texts.available(available)}</span>;
}
