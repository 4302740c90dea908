import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  type Bus,
  BusDownError,
  busBytesMax,
  NobodyListensError,
  SilenceError,
} from '../../src/ports/bus.ts';

/** What every Bus promises. An adapter is done when this passes. `join` is the end of one node. */
export function describeBus(name: string, open: () => Promise<{ join(): Promise<Bus> }>): void {
  describe(`${name} keeps the Bus contract`, () => {
    let ana: Bus;
    let bia: Bus;
    let cid: Bus;
    let subject: string;

    beforeEach(async () => {
      const { join } = await open();
      [ana, bia, cid] = [await join(), await join(), await join()];
      subject = `${inject('prefix')}.${randomUUID()}`;
    });
    afterEach(() => Promise.all([ana, bia, cid].map((bus) => bus.close())));

    it('is up once it is joined', () => {
      expect([ana.isUp, bia.isUp]).toEqual([true, true]);
    });

    it('brings what is published to everybody who listens, but not to the sender', async () => {
      const [a, b, c] = [new Heard(ana, subject), new Heard(bia, subject), new Heard(cid, subject)];
      await meet(ana, bia, cid);
      ana.publish(subject, text('um'));
      bia.publish(subject, text('dois'));
      await c.count(2);
      await a.count(1);
      await b.count(1);
      expect([a.texts, b.texts]).toEqual([['dois'], ['um']]);
      expect(c.texts.toSorted()).toEqual(['dois', 'um']);
    });

    it('keeps the order of one sender, whatever the subjects and the ways', async () => {
      const heard: string[] = [];
      const last = new Promise<void>((resolve) => {
        for (const each of ['x', 'y']) {
          bia.listen(`${subject}.${each}`, (bytes, respond) => {
            heard.push(textOf(bytes));
            respond(bytes);
            if (heard.length === 400) resolve();
          });
        }
      });
      await meet(ana, bia);
      const requests: Promise<unknown>[] = [];
      for (let count = 0; count < 400; count += 4) {
        ana.publish(`${subject}.x`, text(`${count}`));
        ana.publish(`${subject}.y`, text(`${count + 1}`));
        requests.push(ana.request(`${subject}.x`, text(`${count + 2}`), 5_000));
        requests.push(ana.request(`${subject}.y`, text(`${count + 3}`), 5_000));
      }
      await last;
      await Promise.all(requests);
      expect(heard).toEqual(Array.from({ length: 400 }, (_, index) => String(index)));
    });

    it('brings any bytes as they were, up to the largest message', async () => {
      const b = new Heard(bia, subject);
      await meet(ana, bia);
      const large = new Uint8Array(busBytesMax).map((_, index) => index * 7);
      for (const bytes of [new Uint8Array(), new Uint8Array([0, 13, 10, 255]), large]) {
        ana.publish(subject, bytes);
      }
      await b.count(3);
      expect(b.messages[0]).toHaveLength(0);
      expect([...b.messages[1]!]).toEqual([0, 13, 10, 255]);
      expect(Buffer.compare(b.messages[2]!, large)).toBe(0);
    });

    it('gives each listener bytes of its own', async () => {
      const b = new Heard(bia, subject);
      await meet(ana, bia);
      const bytes = text('um');
      ana.publish(subject, bytes);
      await b.count(1);
      bytes.fill(0);
      ana.publish(subject, text('dois'));
      await b.count(2);
      expect(b.texts).toEqual(['um', 'dois']);
    });

    it('brings the first response of a listener back', async () => {
      bia.listen(subject, (bytes, respond) => {
        respond(text(`${textOf(bytes)}?`));
        respond(text('again'));
      });
      await meet(ana, bia);
      expect(textOf(await ana.request(subject, text('um'), 5_000))).toBe('um?');
      const both = ['dois', 'três'].map((word) => ana.request(subject, text(word), 5_000));
      expect((await Promise.all(both)).map(textOf)).toEqual(['dois?', 'três?']);
    });

    it('says at once that nobody listens, not even the one who asks', async () => {
      new Heard(ana, subject);
      await meet(ana, bia);
      const asked = ana.request(subject, text('um'), 60_000);
      await expect(asked).rejects.toThrow(NobodyListensError);
    });

    it('says that there was no response in time', async () => {
      const b = new Heard(bia, subject);
      await meet(ana, bia);
      await expect(ana.request(subject, text('um'), 30)).rejects.toThrow(SilenceError);
      expect(b.texts).toEqual(['um']);
    });

    it('ignores a response to what was only published', async () => {
      const heard = new Promise<void>((resolve) => {
        bia.listen(subject, (_bytes, respond) => {
          respond(text('ignored'));
          resolve();
        });
      });
      await meet(ana, bia);
      ana.publish(subject, text('um'));
      await heard;
      await meet(ana, bia);
    });

    it('ends one listener and leaves the others', async () => {
      const first: string[] = [];
      const listening = bia.listen(subject, (bytes) => first.push(textOf(bytes)));
      const second = new Heard(bia, subject);
      await meet(ana, bia);
      ana.publish(subject, text('um'));
      await second.count(1);
      listening.end();
      await meet(bia, ana);
      ana.publish(subject, text('dois'));
      await second.count(2);
      expect(first).toEqual(['um']);
    });

    it('that was closed is down, hears nothing and sends nothing', async () => {
      const [a, b] = [new Heard(ana, subject), new Heard(bia, subject)];
      await meet(ana, bia);
      await bia.close();
      bia.publish(subject, text('um'));
      ana.publish(subject, text('dois'));
      cid.publish(subject, text('três'));
      await a.count(1);
      expect([a.texts, b.texts, bia.isUp]).toEqual([['três'], [], false]);
      await expect(bia.request(subject, text('um'), 1_000)).rejects.toThrow(BusDownError);
      await expect(ana.request(subject, text('um'), 1_000)).rejects.toThrow(NobodyListensError);
    });
  });
}

/** Resolves when everybody has heard what everybody else did before on the bus. */
export async function meet(...members: readonly Bus[]): Promise<void> {
  const place = `${inject('prefix')}.${randomUUID()}`;
  const listenings = members.map((bus, index) =>
    bus.listen(`${place}.${index}`, (bytes, respond) => respond(bytes)),
  );
  for (const [index] of members.entries()) {
    const others = members.filter((_, other) => other !== index);
    await Promise.all(others.map((bus) => reached(bus, `${place}.${index}`)));
  }
  for (const listening of listenings) listening.end();
}

async function reached(bus: Bus, subject: string): Promise<void> {
  for (;;) {
    try {
      await bus.request(subject, text('here?'), 5_000);
      return;
    } catch (error) {
      // That it listens is still on its way.
      if (!(error instanceof NobodyListensError)) throw error;
    }
  }
}

/** Everything that one node hears of a subject. */
export class Heard {
  readonly messages: Uint8Array[] = [];
  #onMessage: () => void = () => {};

  constructor(bus: Bus, subject: string) {
    bus.listen(subject, (bytes) => {
      this.messages.push(bytes);
      this.#onMessage();
    });
  }

  get texts(): string[] {
    return this.messages.map(textOf);
  }

  /** Resolves when so many messages have come. */
  async count(count: number): Promise<void> {
    while (this.messages.length < count) {
      await new Promise<void>((resolve) => {
        this.#onMessage = resolve;
      });
    }
  }
}

export function text(word: string): Uint8Array {
  return new TextEncoder().encode(word);
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
