import type { Show } from '@ingressou/protocol';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { fetchShows } from '../api.ts';
import { dayAndTime } from '../format.ts';
import type { PanelPass } from './panel-pass.ts';
import { panelTexts } from './panel-texts.ts';

/** Which show, and by what right. */
export function PanelEntrance({ enter }: { readonly enter: (pass: PanelPass) => void }) {
  const shows = useSignal<readonly Show[]>([]);
  const problem = useSignal('');
  useEffect(() => {
    fetchShows().then(
      (listed) => {
        shows.value = listed;
      },
      // No answer, or one that is none: the page says so.
      () => {
        problem.value = panelTexts.unreachable;
      },
    );
  }, [shows, problem]);
  return (
    <main class="page">
      <p class="brand">{panelTexts.brand}</p>
      <h1>{panelTexts.title}</h1>
      <p>{panelTexts.about}</p>
      {problem.value === '' ? null : (
        <p class="note danger" role="alert">
          {problem.value}
        </p>
      )}
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          const show = shows.value.find(({ id }) => id === form.get('show'));
          const token = String(form.get('token') ?? '').trim();
          if (show !== undefined) enter({ token, event: show.id, title: show.title });
        }}
      >
        <label class="field">
          <span>{panelTexts.show}</span>
          <select name="show" required>
            {shows.value.map(({ id, title, startsAt, venue }) => (
              <option key={id} value={id}>
                {panelTexts.showOf(title, dayAndTime(startsAt), venue)}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{panelTexts.token}</span>
          <input name="token" type="password" autocomplete="off" required />
          <small>{panelTexts.tokenAbout}</small>
        </label>
        <button type="submit" class="button primary">
          {panelTexts.enter}
        </button>
      </form>
      <a class="button quiet" href="#leitor">
        {panelTexts.toScanner}
      </a>
    </main>
  );
}
