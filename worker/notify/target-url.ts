/** What is wrong with the URL of a webhook, without repeating it; undefined where nothing is. */
export function urlMistake(
  text: string,
  allowPrivate: readonly string[],
): { readonly rule: string; readonly fix: string } | undefined {
  const url = URL.parse(text);
  if (url === null || !['https:', 'http:'].includes(url.protocol))
    return { rule: 'expected a URL of https', fix: 'Write one such as `https://hooks.example.com/loops`.' };
  if (url.username !== '' || url.password !== '')
    return { rule: 'expected a URL without a user name and a password', fix: 'Remove them: messages are signed.' };
  if (url.protocol === 'https:' || allowPrivate.length > 0) return undefined;
  return {
    rule: 'expected https, because everybody on the way can read http',
    fix: 'Write `https://…`; http is for hosts of your own network, which `allowPrivate` names.',
  };
}
