import { expect, test } from 'vitest';
import { htmlText } from '../../core/html-text.ts';

test('the text of a page is its blocks as lines and its cells apart, without what no reader sees', () => {
  const page = `<!DOCTYPE html><HTML><head><title>Owls &amp; co</title><style>p { color: red }</style></head>
    <body><!-- a > comment --><h1>Owls</h1><p>They   fly<br>at <a href="/night">night</a>.</p>
    <SCRIPT>if (a < b) alert('<p>no</p>')</Script ><table><tr><td>one</td><td>two</td></tr></table><svg/>end</body>`;
  expect(htmlText(page).split(/\n+/)).toEqual(['Owls & co', 'Owls', 'They fly', 'at night.', 'one\ttwo', 'end']);
});

test('characters by name and number are themselves, and what is none stays or is marked', () => {
  expect(htmlText('&#72;&#x69;&nbsp;&lt;b&gt; &amp;lt; &unknown; &#0; &#xD800; &copy;')).toBe(
    'Hi <b> &lt; &unknown; \ufffd \ufffd ©',
  );
  // Lower-casing makes two characters of the first letter, and places behind it must not move.
  expect(htmlText('İİİ<p>one</p><script>x</script>two')).toBe('İİİ\none\ntwo');
  expect(htmlText('a < b and 3 <4 <p')).toBe('a < b and 3 <4');
  expect(htmlText('shown<script>never closed <p>hidden')).toBe('shown');
});

test.each(['<', '<a ', '<!--', '<script>', '</', '&#', '<b> ', '\t', '<td> </td>', '<p>'])(
  'a page of nothing but `%s` takes no time',
  (piece) => {
    const start = performance.now();
    htmlText(piece.repeat(200_000));
    expect(performance.now() - start).toBeLessThan(2000);
  },
);
