import { texts } from './texts.ts';

interface ConfirmQuestionProps {
  /** Of the question, which takes the focus. */
  readonly id: string;
  readonly question: string;
  readonly confirm: string;
  readonly cancel: string;
  /** The answer is on its way. */
  readonly isSending: boolean;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}

/** Asks once more before something that cannot be undone. */
export function ConfirmQuestion(props: ConfirmQuestionProps) {
  const { id, question, confirm, cancel, isSending, onConfirm, onCancel } = props;
  return (
    <div class="question">
      <p id={id} tabIndex={-1}>
        {question}
      </p>
      <div class="actions">
        <button
          type="button"
          class="button danger"
          aria-disabled={isSending}
          onClick={() => !isSending && onConfirm()}
        >
          {isSending ? texts.sending : confirm}
        </button>
        <button
          type="button"
          class="button"
          aria-disabled={isSending}
          onClick={() => !isSending && onCancel()}
        >
          {cancel}
        </button>
      </div>
    </div>
  );
}
