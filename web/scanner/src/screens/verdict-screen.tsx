import type { TopUpMethod } from '@ingressou/protocol';
import {
  type OverrideReason,
  overrideReasons,
  topUpMethodOf,
  topUpMethods,
} from '@ingressou/protocol/admission';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { lightOf } from '../alarm.ts';
import { isYes, type ShownVerdict } from '../desk.ts';
import { gateNameIn } from '../enrolment.ts';
import type { Assurance } from '../gate/place.ts';
import type { Station } from '../station.ts';
import { texts } from '../texts.ts';
import { wordsOf } from '../verdict/verdict-words.ts';
import { yesMs } from '../verdict/yes-ms.ts';
import { LightSign } from './light-sign.tsx';

interface VerdictScreenProps {
  readonly station: Station;
  readonly assure: (assurance: Partial<Assurance>) => void;
  readonly topUp: (method: TopUpMethod) => void;
}

/** Money is asked for where it is due, and how it was paid. */
const supervisorReasons = overrideReasons.filter((reason) => topUpMethodOf(reason) === undefined);

/** The whole screen in the colour of the verdict, with its sign, its words and what to do. */
export function VerdictScreen({ station, assure, topUp }: VerdictScreenProps) {
  const shown = station.desk.shown.value;
  useAutoDismiss(station);
  if (shown === undefined) return null;
  const dismiss = () => void station.desk.dismiss();
  const waiting = station.desk.waiting.value === undefined ? [] : [texts.waiting];
  switch (shown.kind) {
    case 'confirming':
      return (
        <Sheet
          light="amber"
          title={texts.confirming}
          action={texts.confirmingAction}
          notes={waiting}
        >
          {null}
        </Sheet>
      );
    case 'unwritten':
      return (
        <Sheet light="red" name="unwritten" title={texts.unwritten} action={texts.unwrittenAction}>
          <Next dismiss={dismiss} />
        </Sheet>
      );
    case 'blocked':
      return (
        <Sheet light="red" name="blocked" title={texts.blockedTitle} action={texts.blockedAction}>
          <Next dismiss={dismiss} />
        </Sheet>
      );
    case 'verdict':
      return <VerdictSheet {...{ shown, station, assure, topUp, dismiss, waiting }} />;
  }
}

interface SheetProps extends VerdictScreenProps {
  readonly shown: ShownVerdict;
  readonly dismiss: () => void;
  /** What is said while another code waits for its turn. */
  readonly waiting: readonly string[];
}

function VerdictSheet({ shown, station, assure, topUp, dismiss, waiting }: SheetProps) {
  const isChoosing = useSignal(false);
  const { verdict, override, isProvisional, isCorrection, topUpRefusal } = shown;
  const days = station.packages.current.value?.rules.days.map(({ from }) => from) ?? [];
  const { checkpoints } = station.enrolment;
  const at = checkpoints.find((each) => each.checkpoint === station.place.value.checkpoint);
  const nameOf = (gate: number) => gateNameIn(at, gate);
  const words = wordsOf(verdict, { now: shown.at, days, nameOf });
  const light = override === undefined ? lightOf(verdict) : 'green';
  const reason = override === undefined ? [] : [texts.reasons[override]];
  return (
    <Sheet
      light={light}
      name={verdict.verdict}
      title={override === undefined ? words.title : texts.overridden}
      action={override === undefined ? words.action : words.title}
      holder={station.desk.holder.value}
      details={[...reason, ...words.details]}
      notes={[
        ...(isCorrection ? [`${texts.correction}. ${texts.correctionAction}`] : []),
        ...(isProvisional ? [texts.provisional] : []),
        ...(topUpRefusal === undefined ? [] : [texts.topUpRefused(topUpRefusal)]),
        ...waiting,
      ]}
    >
      {isChoosing.value ? (
        <Reasons
          choose={(chosen) => {
            isChoosing.value = false;
            assure({ override: chosen, hasProof: verdict.verdict === 'proof_needed' });
          }}
          back={() => {
            isChoosing.value = false;
          }}
        />
      ) : isProvisional ? null : (
        <Buttons
          shown={shown}
          assure={assure}
          topUp={topUp}
          dismiss={dismiss}
          choose={() => {
            isChoosing.value = true;
          }}
        />
      )}
    </Sheet>
  );
}

function Buttons({
  shown,
  assure,
  topUp,
  dismiss,
  choose,
}: Omit<SheetProps, 'station' | 'waiting'> & { readonly choose: () => void }) {
  const { verdict } = shown.verdict;
  if (lightOf(shown.verdict) === 'green' || shown.override !== undefined) {
    return <Next dismiss={dismiss} />;
  }
  if (verdict === 'proof_needed') {
    return (
      <>
        <button type="button" class="button strong" onClick={() => assure({ hasProof: true })}>
          {texts.documentSeen}
        </button>
        <TopUp topUp={topUp} />
        <button type="button" class="button" onClick={dismiss}>
          {texts.noProof}
        </button>
      </>
    );
  }
  return (
    <>
      <Next dismiss={dismiss} />
      <button type="button" class="button" onClick={choose}>
        {texts.override}
      </button>
    </>
  );
}

/** How the difference was paid, for whoever counts the money. */
function TopUp({ topUp }: Pick<VerdictScreenProps, 'topUp'>) {
  const isPaying = useSignal(false);
  if (!isPaying.value) {
    return (
      <button
        type="button"
        class="button strong"
        onClick={() => {
          isPaying.value = true;
        }}
      >
        {texts.toppedUp}
      </button>
    );
  }
  return (
    <fieldset class="methods">
      <legend>{texts.toppedUpBy}</legend>
      {topUpMethods.map((method) => (
        <button key={method} type="button" class="button strong" onClick={() => topUp(method)}>
          {texts.methods[method]}
        </button>
      ))}
    </fieldset>
  );
}

function Reasons({
  choose,
  back,
}: {
  readonly choose: (reason: OverrideReason) => void;
  readonly back: () => void;
}) {
  return (
    <fieldset class="reasons">
      <legend>{texts.overrideTitle}</legend>
      <p>{texts.overrideAbout}</p>
      {supervisorReasons.map((reason) => (
        <button key={reason} type="button" class="button strong" onClick={() => choose(reason)}>
          {texts.reasons[reason]}
        </button>
      ))}
      <button type="button" class="button wide" onClick={back}>
        {texts.back}
      </button>
    </fieldset>
  );
}

function Next({ dismiss }: { readonly dismiss: () => void }) {
  return (
    <button type="button" class="button strong" onClick={dismiss}>
      {texts.next}
    </button>
  );
}

function Sheet({
  light,
  name,
  title,
  action,
  holder,
  details = [],
  notes = [],
  children,
}: {
  readonly light: 'green' | 'amber' | 'red';
  readonly name?: string;
  readonly title: string;
  readonly action: string;
  /** Who comes, if it is known. */
  readonly holder?: string | undefined;
  readonly details?: readonly string[];
  readonly notes?: readonly string[];
  readonly children: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  // Readers of the screen begin with the verdict, and no button is pressed by a late Enter.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [title, light]);
  return (
    <section class={`sheet ${light}`} role="alertdialog" aria-label={title} data-verdict={name}>
      <LightSign light={light} />
      <h2 ref={heading} tabIndex={-1}>
        {title}
      </h2>
      <p class="action">{action}</p>
      {holder === undefined ? null : (
        <p class="detail holder">
          {texts.holder}: <strong>{holder}</strong>
        </p>
      )}
      {details.map((detail) => (
        <p key={detail} class="detail">
          {detail}
        </p>
      ))}
      {notes.map((note) => (
        <p key={note} class="side-note">
          {note}
        </p>
      ))}
      <div class="buttons">{children}</div>
    </section>
  );
}

function useAutoDismiss({ desk }: Station): void {
  const shown = desk.shown.value;
  useEffect(() => {
    if (!isYes(shown)) return;
    const timer = setTimeout(() => {
      if (desk.shown.value === shown) void desk.dismiss();
    }, yesMs);
    return () => clearTimeout(timer);
  }, [shown, desk]);
}
