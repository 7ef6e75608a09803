/** The page for what can't go on, without details that help an attacker. */
import { html } from './html.ts';
import type { Page } from './layout.ts';

export interface Problem {
  readonly status: number;
  /** A sentence that says what to do. */
  readonly text: string;
  /** OAuth's error code, for the app's developer. */
  readonly code?: string | undefined;
}

export const problemPage = ({ status, text, code }: Problem): Page => ({
  title: 'This did not work',
  status,
  content: html`<p role="alert">${text}</p>${code === undefined ? undefined : html`<p class="hint">For the app's developer: <code>${code}</code></p>`}`,
});
