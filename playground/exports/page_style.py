"""How the page of a lesson looks: light and dark as the reader likes it, narrow and wide, and on paper."""

from __future__ import annotations

from typing import Final

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""What a browser may load: nothing but what stands in the file."""

STYLE: Final = """
:root {
  color-scheme: light dark;
  --ground: #ffffff; --text: #1b222c; --quiet: #556170; --line: #cfd6df; --panel: #f3f5f8;
  --link: #0b57a4; --good: #17662f; --bad: #b3261e; --open: #7a4a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10141a; --text: #dfe5ec; --quiet: #9aa7b5; --line: #3a4653; --panel: #181e26;
    --link: #7dbcff; --good: #6bd488; --bad: #ff8a80; --open: #e5b84b;
  }
  img.messages { filter: invert(1) hue-rotate(180deg); }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1rem clamp(1rem, 4vw, 3rem) 4rem; max-width: 74rem;
  background: var(--ground); color: var(--text); font: 1.06rem/1.6 system-ui, sans-serif;
}
p, ul, ol, blockquote, table { max-width: 44rem; }
h1 { font-size: 2.1rem; line-height: 1.2; margin: 1.5rem 0 .5rem; }
h2 { font-size: 1.5rem; line-height: 1.25; margin: 3rem 0 .75rem; padding-top: 1rem; }
h2 { border-top: 1px solid var(--line); }
h3 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
a { color: var(--link); }
a.skip { position: absolute; left: -999rem; }
a.skip:focus { position: static; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
code, pre { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .9em; }
code { overflow-wrap: anywhere; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .75rem; overflow-x: auto; }
pre.screen { font-size: .72rem; line-height: 1.25; }
blockquote { margin: 1rem 0; padding: .1rem 1rem; border-left: 4px solid var(--link); }
table { border-collapse: collapse; }
th, td { border: 1px solid var(--line); padding: .3rem .7rem; text-align: left; }
.quiet, figcaption { color: var(--quiet); }
.picture { font-style: italic; }
ol.played { list-style: none; padding: .5rem 0 .5rem 1rem; border-left: 4px solid var(--line); max-width: 60rem; }
ol.played > li { margin: .3rem 0; }
.verdict { font-weight: 700; }
.passed .verdict { color: var(--good); }
.failed .verdict { color: var(--bad); }
.undecided .verdict { color: var(--open); }
.question { margin: .75rem 0; padding: .5rem 1rem; max-width: 44rem; }
.question { border: 2px solid var(--link); border-radius: 8px; }
.question p { margin: .4rem 0; }
figure { margin: 1.5rem 0; }
figure img { display: block; max-width: 100%; height: auto; }
.wide { overflow-x: auto; }
.wide img { max-width: none; border-radius: 6px; }
summary { cursor: pointer; color: var(--link); }
footer { margin-top: 4rem; border-top: 1px solid var(--line); }
@media print {
  :root { --ground: #ffffff; --text: #000000; --quiet: #333333; --line: #999999; --panel: #ffffff; --link: #000000; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  a.skip { display: none; }
  h2, h3, figcaption { break-after: avoid; }
  figure, .question { break-inside: avoid; }
  figure img { max-height: 20cm; width: auto; }
  img.dark { filter: invert(1) hue-rotate(180deg); }
  .wide img { max-width: 100%; filter: none; }
}
"""
