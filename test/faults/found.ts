import type { Figure } from './figures.ts';

/** What a scenario found out, to be told to a person and to be checked. */
export interface Findings {
  /** What shows that the fault took place. */
  readonly proofs: string[];
  readonly figures: Figure[];
  readonly notes: string[];
  readonly broken: string[];
}

/** Where a scenario says what it did and what came of it. */
export class Found {
  readonly findings: Findings = { proofs: [], figures: [], notes: [], broken: [] };

  /** The sentence is shown as the proof of the fault if it is true, else the run has failed. */
  prove(sentence: string, isTrue: boolean): void {
    if (isTrue) this.findings.proofs.push(sentence);
    else this.findings.broken.push(`The fault did not take place: it is not so that ${sentence}.`);
  }

  /** A promise of the scenario's own. */
  expect(sentence: string, isTrue: boolean): void {
    if (!isTrue) this.findings.broken.push(`It should be so, and is not: ${sentence}.`);
  }

  note(sentence: string): void {
    this.findings.notes.push(sentence);
  }

  /** Adds times to those that are known under this name. */
  measured(name: string, ...ms: readonly number[]): void {
    const { figures } = this.findings;
    const index = figures.findIndex((figure) => figure.name === name);
    const known = figures[index]?.ms ?? [];
    figures.splice(index < 0 ? figures.length : index, 1, { name, ms: [...known, ...ms] });
  }
}
