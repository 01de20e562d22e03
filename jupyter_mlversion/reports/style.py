"""How the page of a comparison looks, by day and by night."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --ink: #1f2328; --faint: #59636e; --line: #d1d9e0; --gone: #ffd7d5; --new: #c8f0cd;
  --page: #fff; --head: #f6f8fa; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --faint: #9198a1; --line: #3d444d; --gone: #67060c;
  --new: #033a16; --page: #0d1117; --head: #151b23; } }
body { background: var(--page); color: var(--ink); font: 14px/1.45 system-ui, sans-serif; margin: 24px auto;
  max-width: 1200px; padding: 0 16px; }
h1 { font-size: 22px; } h2 { border-bottom: 1px solid var(--line); font-size: 17px; margin-top: 32px; }
h3 { font-size: 13px; margin: 12px 0 4px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid var(--line); max-width: 420px; overflow-wrap: anywhere; padding: 4px 12px 4px 0;
  text-align: left; vertical-align: top; }
thead th { background: var(--head); position: sticky; top: 0; }
tbody th { font-weight: 400; min-width: 110px; } tr.differs th { font-weight: 600; }
.note, .none { color: var(--faint); font-size: 12px; }
pre { background: var(--head); margin: 0; overflow-x: auto; padding: 8px; white-space: pre-wrap; }
.pair { display: grid; gap: 4px 12px; grid-template-columns: 1fr 1fr; } .pair > h3 { grid-column: 1 / 3; }
del { background: var(--gone); } ins { background: var(--new); text-decoration: none; }
figure { display: inline-block; margin: 8px 16px 8px 0; max-width: 100%; width: 560px; }
svg text { fill: var(--faint); font-size: 11px; } svg .grid { stroke: var(--line); }
.legend { display: flex; flex-wrap: wrap; gap: 2px 14px; list-style: none; margin: 4px 0; padding: 0; }
.legend i { border-radius: 2px; display: inline-block; height: 9px; margin-right: 5px; width: 9px; }
"""
"""Style sheet; it names no resource."""
