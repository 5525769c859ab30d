/** A page of ours to go on to: a path, or `/` where what was asked for leads elsewhere. */
export function nextPage(asked: string | undefined): string {
  if (asked === undefined || !/^\/(?![/\\])[^\\\p{C}]*$/u.test(asked)) return '/';
  const base = 'http://gateway.invalid';
  const page = URL.parse(asked, base);
  // `/.//elsewhere` is `//elsewhere` by now, which is another host.
  return page?.origin === base && !page.pathname.startsWith('//') ? `${page.pathname}${page.search}` : '/';
}
