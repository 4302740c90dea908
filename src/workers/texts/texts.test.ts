import { describe, expect, it } from 'vitest';
import { brasiliaTime, brl } from './brazil.ts';
import { Html, html, lines } from './html.ts';
import { firstName, oneLine, personName } from './one-line.ts';

describe('one line', () => {
  it.each([
    ['a\r\nb', 'a b'],
    ['  a \t\n b  ', 'a b'],
    ['a\0b\u0085c\u2028d\u2029e', 'a b c d e'],
    ['abc\u202efdp.exe', 'abc fdp.exe'],
    ['a\u200b\u2066b', 'a b'],
    ['João 🎟️ ✓', 'João 🎟️ ✓'],
    ['half \ud800', 'half \ufffd'],
    ['\n\r\0', ''],
  ])('%j becomes %j', (text, line) => {
    expect(oneLine(text)).toBe(line);
  });

  it('cuts what is long, and no letter in half', () => {
    expect(oneLine('x'.repeat(300), 100)).toBe(`${'x'.repeat(99)}…`);
    expect(oneLine('🎟'.repeat(100), 100)).toMatch(/^🎟{49}…$/u);
  });
});

describe('names', () => {
  it.each([
    ["Ana d'Água-Souza", "Ana d'Água-Souza", 'Ana'],
    ['José A. Silva', 'José A. Silva', 'José'],
    ['https://eve.example', 'https eve. example', 'https'],
    ['www.eve.com', 'www. eve. com', ''],
    ['eve@example.com', 'eve example. com', 'eve'],
    ['<b>Ana', 'b Ana', 'b'],
    ['', '', ''],
    ['123', '123', ''],
  ])('%j is shown as %j and greeted as %j', (text, name, first) => {
    expect(personName(text)).toBe(name);
    expect(firstName(text)).toBe(first);
  });
});

describe('html', () => {
  it('escapes every value, in texts and in attributes', () => {
    const evil = `<script>alert("x")</script>'&`;
    expect(html`<p title="${evil}">${evil}</p>`.text).toBe(
      '<p title="&#60;script&#62;alert(&#34;x&#34;)&#60;/script&#62;&#39;&#38;">' +
        '&#60;script&#62;alert(&#34;x&#34;)&#60;/script&#62;&#39;&#38;</p>',
    );
  });

  it('joins what is HTML already, and numbers', () => {
    const items = [1, 2].map((value) => html`<li>${value}</li>`);
    expect(html`<ul>${items}</ul>${new Html('<hr>')}`.text).toBe(
      '<ul><li>1</li><li>2</li></ul><hr>',
    );
  });

  it('escapes what only pretends to be HTML', () => {
    const pretender = JSON.parse('{"text":"<script>"}') as Html;
    expect(() => html`${pretender}`.text).toThrow();
  });

  it('shows lines under each other', () => {
    expect(lines('a\r\n<b>\nc').text).toBe('a<br>&#60;b&#62;<br>c');
  });
});

describe('Brazil', () => {
  it('writes money and times', () => {
    expect(brl(123_450)).toBe('R$\u00a01.234,50');
    expect(brl(0)).toBe('R$\u00a00,00');
    expect(brasiliaTime(Date.UTC(2026, 2, 8, 0, 0))).toBe(
      'sábado, 7 de março de 2026, às 21:00 (horário de Brasília)',
    );
  });
});
