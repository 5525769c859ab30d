import { html } from 'hono/html';
import type { Visitor } from '../../contract/access.ts';
import { plainPage, type Html } from './plain-page.ts';

/** What the form for signing in shows. */
export interface SignInForm {
  /** Of the link that led here. */
  readonly code?: string | undefined;
  /** The page to go on to. */
  readonly next: string;
  /** Why the last try did not work. */
  readonly problem?: string | undefined;
}

/** The form that signs somebody in. Looking at it uses nothing up: a browser may look before its person does. */
export function signInPage({ code, next, problem }: SignInForm): Html {
  const refused = problem === undefined ? '' : html`<p class="said bad" role="alert">${problem}</p>`;
  const go = html`<input type="hidden" name="next" value="${next}" />`;
  if (code !== undefined)
    return plainPage(
      'Sign in',
      html`${refused}
        <form method="post" action="/sign-in">
          <input type="hidden" name="code" value="${code}" />
          ${go}
          <p>This link signs you in once.</p>
          <p><button type="submit">Sign in</button></p>
        </form>`,
    );
  return plainPage(
    'Sign in',
    html`${refused}
      <form method="post" action="/sign-in">
        ${go}
        <p>
          <label for="credential">One-time code or API token</label><br />
          <input
            id="credential"
            name="credential"
            type="password"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            required
            autofocus
          />
        </p>
        <p><button type="submit">Sign in</button></p>
      </form>
      <p class="muted small">
        On the machine where Loopwright runs, <code>loopwright users sign-in &lt;name&gt;</code> prints a link.
      </p>`,
  );
}

/** Asks whether to sign out. */
export function signOutPage({ name, csrf }: Pick<Visitor, 'name' | 'csrf'>): Html {
  return plainPage(
    'Sign out',
    html`<form method="post" action="/sign-out">
      <input type="hidden" name="csrf" value="${csrf ?? ''}" />
      <p>You are signed in as ${name}.</p>
      <button type="submit">Sign out</button>
    </form>`,
  );
}
