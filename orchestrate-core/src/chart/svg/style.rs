//! The colors of a picture, light and dark.

use std::fmt;

/// A custom property by its name, as it is on a light and on a dark ground.
const COLORS: [(&str, &str, &str); 14] = [
    ("ground", "#ffffff", "#0d1117"),
    ("ink", "#1f2328", "#e6edf3"),
    ("quiet", "#59636e", "#9198a1"),
    ("line", "#d1d9e0", "#30363d"),
    ("band", "#f6f8fa", "#151b23"),
    ("agent", "#8250df", "#a475f9"),
    ("tool", "#0969da", "#4493f8"),
    ("mcp", "#0b7f8c", "#2fb3c0"),
    ("fn", "#6e7781", "#8b949e"),
    ("flow", "#1a7f37", "#3fb950"),
    ("human", "#9a6700", "#d29922"),
    ("fault", "#d1242f", "#f85149"),
    ("wait", "#afb8c1", "#57606a"),
    ("mark", "#bc4c00", "#f0883e"),
];

/// What is drawn how: a selector below `.gantt`, a property, a color.
const RULES: [(&str, &str, &str); 25] = [
    (".ground", "fill", "ground"),
    ("text", "fill", "ink"),
    (".quiet", "fill", "quiet"),
    (".tick", "fill", "quiet"),
    (".beside", "fill", "quiet"),
    (".foot", "fill", "quiet"),
    (".legend text", "fill", "quiet"),
    (".bad", "fill", "fault"),
    (".bottleneck .beside", "fill", "mark"),
    (".band", "fill", "band"),
    (".grid", "stroke", "line"),
    (".agent", "fill", "agent"),
    (".tool", "fill", "tool"),
    (".mcp", "fill", "mcp"),
    (".fn", "fill", "fn"),
    (".flow", "fill", "flow"),
    (".human", "fill", "human"),
    (".fault", "fill", "fault"),
    (".wait", "fill", "wait"),
    (".group", "fill", "quiet"),
    (".stopped", "stroke", "quiet"),
    (".point", "stroke", "quiet"),
    (".cross", "stroke", "fault"),
    (".undo", "stroke", "mark"),
    (".bottleneck .bar", "stroke", "mark"),
];

/// What has no color.
const SHAPES: &str = "\
.gantt text{font:13px system-ui,-apple-system,\"Segoe UI\",\"Liberation Sans\",sans-serif}
.gantt .title{font-size:16px;font-weight:600}
.gantt .quiet{font-size:13px;font-weight:400}
.gantt .tick{font-size:11px;text-anchor:middle}
.gantt .time{text-anchor:end;font-variant-numeric:tabular-nums}
.gantt .bottleneck .name,.gantt .bottleneck .beside{font-weight:600}
.gantt .bottleneck .bar{stroke-width:1.5}
.gantt .bottleneck .wait{stroke:none}
.gantt .path .name{text-decoration:underline;text-underline-offset:3px;text-decoration-thickness:1px}
.gantt .fault{fill-opacity:.35}
.gantt .group{fill-opacity:.4}
.gantt .stopped{fill:none;stroke-dasharray:3 2}
.gantt .around{fill-opacity:.25}
.gantt .item{stroke:none}
.gantt .grid{stroke-width:1;shape-rendering:crispEdges;fill:none}
.gantt .point{fill:none;stroke-width:1.5}
.gantt .cross,.gantt .undo{fill:none;stroke-width:1.8;stroke-linecap:round}
.gantt .legend text{font-size:12px}
.gantt .line{fill:transparent}
.gantt .step:hover .line{fill:currentColor;fill-opacity:.06}
";

/// The style sheet. What knows no custom properties takes the light colors.
pub(super) struct Sheet;

impl fmt::Display for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\n.gantt{color-scheme:light dark")?;
        for (name, light, _) in COLORS {
            write!(f, ";--gantt-{name}:{light}")?;
        }
        f.write_str("}\n@media (prefers-color-scheme:dark){.gantt{")?;
        for (name, _, dark) in COLORS {
            write!(f, "--gantt-{name}:{dark};")?;
        }
        f.write_str("}}\n")?;
        for (selector, property, color) in RULES {
            let light = COLORS.iter().find(|(name, ..)| *name == color);
            let light = light.map_or("#000", |(_, light, _)| light);
            writeln!(
                f,
                ".gantt {selector}{{{property}:{light};{property}:var(--gantt-{color})}}"
            )?;
        }
        f.write_str(SHAPES)
    }
}
