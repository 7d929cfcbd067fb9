import assert from "node:assert/strict";
import { test } from "node:test";
import { extendMarkdownIt, highlighted } from "../../src/markdown/highlight";

test("tokens have classes, and nothing of the text is lost", () => {
  const code = 'table users 10 {\n  id int key  # <b>\n  a string = f"{x}" 70% | /[A-Z]{3}/\n  b float = total / 2\n}\n';
  const html = highlighted(code);
  assert.equal(html.replace(/<[^>]*>/g, "").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"), code);
  for (const part of [
    '<span class="hljs-keyword">table</span> users <span class="hljs-number">10</span>',
    '<span class="hljs-type">int</span>',
    '<span class="hljs-comment"># &lt;b&gt;</span>',
    '<span class="hljs-string">f"{x}"</span> <span class="hljs-number">70%</span>',
    '<span class="hljs-regexp">/[A-Z]{3}/</span>',
    "total / <span",
  ]) {
    assert.ok(html.includes(part), `${part} in ${html}`);
  }
});

test("other languages stay with the highlighter that was there", () => {
  const parser = extendMarkdownIt({ options: { highlight: (code: string, language: string) => `${language}:${code}` } });
  assert.equal(parser.options.highlight?.("x", "python"), "python:x");
  assert.match(parser.options.highlight?.("table", "dgen") ?? "", /hljs-keyword/);
});
