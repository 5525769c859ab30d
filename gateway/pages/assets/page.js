// What pages do beyond links and forms. Without it they work all the same.

const $ = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/* What was just done is read out, and is where the keyboard goes on. */
$('#said')?.focus({ preventScroll: true });

/* What a form answered is loaded again as the page that it is about: a form is never sent twice by that. */
const canonical = $('link[rel="canonical"]')?.href;
if (canonical) history.replaceState(null, '', canonical);

/* A form is sent once, however often its button is pressed. */
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post') return;
  if (form.dataset.sent === 'yes') event.preventDefault();
  form.dataset.sent = 'yes';
  setTimeout(() => delete form.dataset.sent, 5000);
});

/* Keys */
const KEYS_OFF = 'loopwright.keys';
const help = $('#help');
const helpButton = $('#keys');
const keysOn = $('#keys-on');

const stored = () => {
  try {
    return localStorage.getItem(KEYS_OFF) !== 'off';
  } catch {
    return true;
  }
};
let on = stored();
keysOn.checked = on;
keysOn.addEventListener('change', () => {
  on = keysOn.checked;
  try {
    localStorage.setItem(KEYS_OFF, on ? 'on' : 'off');
  } catch {
    // It holds for this page.
  }
});
helpButton.hidden = false;
helpButton.addEventListener('click', () => help.showModal());

const rows = () => all('[data-row]');
const move = (step) => {
  const list = rows();
  if (list.length === 0) return;
  const at = list.findIndex(
    (row) => row.getAttribute('aria-selected') === 'true' || row.contains(document.activeElement),
  );
  const next = list[Math.min(list.length - 1, Math.max(0, at + step))] ?? list[0];
  for (const row of list) row.removeAttribute('aria-selected');
  next.setAttribute('aria-selected', 'true');
  $('[data-open]', next)?.focus();
  next.scrollIntoView({ block: 'nearest' });
};

/* A key goes to what it is for; a decision still takes its own button. */
const go = (key) => {
  const target = $(`[data-key="${key}"]`);
  if (target === null) return;
  if (target.matches('a')) location.assign(target.href);
  else if (target.matches('summary')) {
    target.parentElement.open = true;
    $('textarea, input:not([type="hidden"])', target.parentElement)?.focus();
  } else {
    target.focus();
    target.scrollIntoView({ block: 'nearest' });
  }
};

const does = {
  j: () => move(1),
  k: () => move(-1),
  o: () => ($('[data-row][aria-selected="true"] [data-open]') ?? $('[data-open]'))?.click(),
  a: () => go('a'),
  e: () => go('e'),
  r: () => go('r'),
  c: () => $('[data-key="c"]')?.click(),
  '?': () => help.showModal(),
};

document.addEventListener('keydown', (event) => {
  const { key, ctrlKey, metaKey, altKey, isComposing, target } = event;
  if (!on || ctrlKey || metaKey || altKey || isComposing || help.open) return;
  if (target.closest?.('input, textarea, select, [contenteditable]')) return;
  if (!Object.hasOwn(does, key)) return;
  event.preventDefault();
  does[key]();
});

/* Live: what changed is fetched and put in the place of what was there, but never under somebody's hands. */
const { seen, about } = document.body.dataset;
const live = $('#live');

const busy = (part) => {
  const focus = document.activeElement;
  const typing = part.contains(focus) && focus.matches('input, textarea, select');
  const fields = all('input:not([type="hidden"]), textarea, select', part);
  const typed = fields.some((field) =>
    field.matches('select')
      ? [...field.options].some((option) => option.selected !== option.defaultSelected) &&
        field.options.length > 0 &&
        field.querySelector('[selected]') !== null
      : field.matches('[type="checkbox"]')
        ? field.checked !== field.defaultChecked
        : field.value !== field.defaultValue,
  );
  return typing || typed;
};

const place = (element) => {
  if (element?.id) return `#${CSS.escape(element.id)}`;
  if (element?.matches('a[href]')) return `a[href="${CSS.escape(element.getAttribute('href'))}"]`;
  if (element?.matches('[data-key]')) return `[data-key="${element.dataset.key}"]`;
  return undefined;
};

const swap = (old, fresh) => {
  const focused = old.contains(document.activeElement) ? place(document.activeElement) : undefined;
  const opened = all('details', old).map((details) => details.open);
  const selected = $('[aria-selected="true"] [data-open]', old)?.getAttribute('href');
  old.replaceWith(fresh);
  const now = all('details', fresh);
  if (now.length === opened.length) now.forEach((details, index) => (details.open = opened[index]));
  if (selected)
    $(`[data-open][href="${CSS.escape(selected)}"]`, fresh)
      ?.closest('[data-row]')
      ?.setAttribute('aria-selected', 'true');
  if (focused) $(focused, fresh)?.focus({ preventScroll: true });
};

/* Times go by without being news. */
const news = (part) => {
  const copy = part.cloneNode(true);
  for (const time of all('time, .took, .share, .share + p', copy)) time.remove();
  for (const row of all('[aria-selected]', copy)) row.removeAttribute('aria-selected');
  for (const details of all('details', copy)) details.removeAttribute('open');
  return copy.innerHTML.replaceAll(/\s+/g, ' ');
};

let refreshing = false;
let again = false;
const refresh = async () => {
  if (refreshing) return void (again = true);
  refreshing = true;
  try {
    const response = await fetch(location.href, {
      headers: { accept: 'text/html', 'x-loopwright-unattended': '1' },
      redirect: 'manual',
    });
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    for (const old of all('[data-part]')) {
      const fresh = $(`[data-part="${old.dataset.part}"]`, page);
      if (fresh === null || busy(old)) continue;
      const told = news(old) !== news(fresh);
      swap(old, document.adoptNode(fresh));
      if (!told) continue;
      fresh.classList.add('fresh');
      if (old.dataset.part !== 'navigation') live.textContent = 'This page was brought up to date.';
    }
  } catch {
    // It is away; the next news, or the next look, brings it.
  } finally {
    refreshing = false;
    if (again) {
      again = false;
      soon();
    }
  }
};

/* News come in crowds: one look is for all of them. */
let timer;
const soon = () => {
  clearTimeout(timer);
  timer = setTimeout(refresh, 150);
};

if ('EventSource' in window) {
  const stream = new EventSource(`/events?after=${seen}${about ? `&about=${encodeURIComponent(about)}` : ''}`);
  stream.addEventListener('change', soon);
  stream.addEventListener('end', () => {
    stream.close();
    live.textContent = 'Your session ended. Load the page again to sign in.';
  });
  window.addEventListener('pagehide', () => stream.close());
} else setInterval(refresh, 10_000);
