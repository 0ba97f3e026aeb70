//! A plan as a picture: what its Mermaid text says, from left to right, for pages that draw no Mermaid.

use std::fmt::Write as _;

use orchestrated::plan::Plan;

use crate::mermaid::{Arrow, Chart, Step};

/// How wide a letter is, in a font where all are alike, and how high a line.
const LETTER: i32 = 8;
const LINE: i32 = 16;
/// Between boxes above one another, between batches, and around everything.
const GAP: i32 = 14;
const BETWEEN: i32 = 44;
const MARGIN: i32 = 12;

const STYLE: &str = "\
<style>
text { font: 12px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #222; text-anchor: middle }
.name { font-weight: bold } .title { font-weight: bold; text-anchor: start } .batch { fill: #888 } .more { fill: #555 }
.value { fill: #555; stroke: #fff; stroke-width: 4px; paint-order: stroke }
rect { stroke-width: 1.5 } path { fill: none; stroke: #888; stroke-width: 1.5 } .order { stroke-dasharray: 4 3 }
.agent { fill: #fdebd8; stroke: #c9782f } .tool { fill: #e0edf9; stroke: #4a84b8 } .mcp { fill: #e9e4f8; stroke: #7a62bd }
.fn { fill: #f0f0f0; stroke: #8a8a8a } .flow { fill: #fafafa; stroke: #8a8a8a } .human { fill: #fbe3ec; stroke: #bd4a78 }
</style>
<defs><marker id=\"end\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\">\
<path d=\"M0 0L8 4L0 8z\" style=\"fill:#888;stroke:none\"/></marker></defs>
";

/// The plans of a pattern below one another, as an SVG.
pub(crate) fn drawn(plans: &[Plan]) -> String {
    let mut picture = Picture::default();
    let mut y = MARGIN;
    for plan in plans {
        if plans.len() > 1 {
            let header = header(plan);
            picture.text("title", MARGIN, y + LINE - 4, &header);
            picture.width = picture.width.max(width(&header) + MARGIN);
            y += LINE + GAP / 2;
        }
        let chart = Chart::of(&plan.mermaid().to_string());
        let layout = Layout::new(&chart.batches, &chart.arrows);
        picture.draw(&layout, &chart.arrows, MARGIN, y);
        picture.width = picture.width.max(MARGIN + layout.width);
        y += layout.height + 2 * GAP;
    }
    let (width, height) = (picture.width + MARGIN, y - 2 * GAP + MARGIN);
    let headers: Vec<String> = plans.iter().map(header).collect();
    let (title, inside) = (escaped(&headers.join("; ")), picture.inside);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>{title}</title>\n{STYLE}\
         <rect width=\"{width}\" height=\"{height}\" rx=\"6\" fill=\"#fff\"/>\n{inside}</svg>\n"
    )
}

/// The first line of a plan.
pub(crate) fn header(plan: &Plan) -> String {
    let text = plan.to_string();
    text.lines().next().unwrap_or_default().to_owned()
}

fn width(text: &str) -> i32 {
    i32::try_from(text.chars().count()).unwrap_or(i32::MAX / LETTER) * LETTER
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// What stands in a column: a step, or an arrow that passes it by.
#[derive(Clone, Copy)]
enum Item<'c> {
    Step(&'c Step),
    Passing(usize),
}

/// Where everything of a plan is.
struct Layout<'c> {
    columns: Vec<Column<'c>>,
    width: i32,
    height: i32,
}

struct Column<'c> {
    x: i32,
    width: i32,
    /// What is in it, from top to bottom, with its place and its height.
    items: Vec<(Item<'c>, i32, i32)>,
}

impl<'c> Layout<'c> {
    fn new(batches: &'c [Vec<Step>], arrows: &[Arrow]) -> Self {
        let mut columns: Vec<Vec<Item<'c>>> = batches
            .iter()
            .map(|batch| batch.iter().map(Item::Step).collect())
            .collect();
        for (number, arrow) in arrows.iter().enumerate() {
            let column = |id: &str| {
                batches
                    .iter()
                    .position(|steps| steps.iter().any(|step| step.id == id))
            };
            if let (Some(from), Some(to)) = (column(&arrow.from), column(&arrow.to)) {
                columns[from + 1..to]
                    .iter_mut()
                    .for_each(|items| items.push(Item::Passing(number)));
            }
        }
        for at in 1..columns.len() {
            sort(&mut columns, at, at - 1, arrows);
        }
        for at in (1..columns.len()).rev() {
            sort(&mut columns, at - 1, at, arrows);
        }
        let (mut x, mut placed) = (0, Vec::new());
        for items in columns {
            // Values stand above the arrow to the step that reads them.
            let values = arrows
                .iter()
                .filter(|arrow| items.iter().any(|item| item.ends(arrow)));
            let values = values.map(|arrow| width(&arrow.values)).max().unwrap_or(0);
            x += if placed.is_empty() {
                0
            } else {
                BETWEEN.max(values + 24)
            };
            let column = Column::new(items, x, arrows);
            x += column.width;
            placed.push(column);
        }
        let height = placed.iter().map(Column::height).max().unwrap_or(0);
        for column in &mut placed {
            let down = LINE + (height - column.height()) / 2;
            column.items.iter_mut().for_each(|(_, y, _)| *y += down);
        }
        Self {
            columns: placed,
            width: x,
            height: height + LINE,
        }
    }
}

/// Puts what is in a column beside what it is linked with in another one, as far as that goes.
fn sort(columns: &mut [Vec<Item<'_>>], at: usize, by: usize, arrows: &[Arrow]) {
    let other = &columns[by];
    let place = |item: &Item<'_>| -> usize {
        let linked = other.iter().enumerate().filter(|(_, other)| {
            arrows
                .iter()
                .enumerate()
                .any(|(number, arrow)| item.is_on(number, arrow) && other.is_on(number, arrow))
        });
        let (sum, count) = linked.fold((0, 0), |(sum, count), (place, _)| (sum + place, count + 1));
        sum * 100 / count.max(1)
    };
    let mut items = columns[at].clone();
    items.sort_by_key(place);
    columns[at] = items;
}

impl Item<'_> {
    fn ends(&self, arrow: &Arrow) -> bool {
        matches!(self, Self::Step(step) if step.id == arrow.to)
    }

    fn is_on(&self, number: usize, arrow: &Arrow) -> bool {
        match self {
            Self::Step(step) => [&arrow.from, &arrow.to].contains(&&step.id),
            Self::Passing(passing) => *passing == number,
        }
    }

    /// How much room it takes.
    fn room(&self, arrows: &[Arrow]) -> (i32, i32) {
        let Self::Step(step) = self else {
            return (0, 4);
        };
        let widest = step.lines.iter().map(|line| width(line)).max().unwrap_or(0);
        let lines = step.lines.iter().map(|_| LINE).sum::<i32>();
        if step.inside.is_empty() {
            return (widest + 20, lines + 12);
        }
        let inside = Layout::new(&step.inside, arrows);
        (
            widest.max(inside.width) + 2 * MARGIN,
            lines + inside.height + 12 + MARGIN,
        )
    }
}

impl<'c> Column<'c> {
    fn new(items: Vec<Item<'c>>, x: i32, arrows: &[Arrow]) -> Self {
        let (mut y, mut width, mut placed) = (0, 0, Vec::new());
        for item in items {
            let room = item.room(arrows);
            placed.push((item, y, room.1));
            y += room.1 + GAP;
            width = width.max(room.0);
        }
        Self {
            x,
            width,
            items: placed,
        }
    }

    fn height(&self) -> i32 {
        let items = self.items.iter();
        let last = items.last();
        last.map_or(0, |(_, y, height)| y + height)
    }
}

#[derive(Default)]
struct Picture {
    inside: String,
    width: i32,
}

impl Picture {
    fn text(&mut self, class: &str, x: i32, y: i32, text: &str) {
        let text = escaped(text);
        let _ = writeln!(
            self.inside,
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{text}</text>"
        );
    }

    fn draw(&mut self, layout: &Layout<'_>, arrows: &[Arrow], x: i32, y: i32) {
        for (number, arrow) in arrows.iter().enumerate() {
            self.arrow(layout, number, arrow, x, y);
        }
        for (number, column) in (1..).zip(&layout.columns) {
            let middle = x + column.x + column.width / 2;
            self.text("batch", middle, y + 10, &format!("batch {number}"));
            for (item, top, height) in &column.items {
                if let Item::Step(step) = item {
                    self.step(
                        step,
                        arrows,
                        (x + column.x, y + top),
                        (column.width, *height),
                    );
                }
            }
        }
    }

    fn step(&mut self, step: &Step, arrows: &[Arrow], at: (i32, i32), size: (i32, i32)) {
        let ((x, y), (width, height)) = (at, size);
        let kind = step.lines[1].split(' ').next().unwrap_or_default();
        let round = if kind == "agent" { 14 } else { 4 };
        let _ = writeln!(
            self.inside,
            "<rect class=\"{kind}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{round}\"/>"
        );
        let mut line = y + 4;
        for (number, text) in step.lines.iter().enumerate() {
            line += LINE;
            self.text(
                if number == 0 { "name" } else { "more" },
                x + width / 2,
                line,
                text,
            );
        }
        if !step.inside.is_empty() {
            let layout = Layout::new(&step.inside, arrows);
            self.draw(&layout, arrows, x + (width - layout.width) / 2, line + 8);
        }
    }

    /// From the right side of a step, past what lies between, to the left side of another one.
    fn arrow(&mut self, layout: &Layout<'_>, number: usize, arrow: &Arrow, x: i32, y: i32) {
        let on = layout.columns.iter().filter_map(|column| {
            let item = column
                .items
                .iter()
                .find(|(item, ..)| item.is_on(number, arrow))?;
            Some((x + column.x, column.width, y + item.1 + item.2 / 2))
        });
        let on: Vec<_> = on.collect();
        let [first, .., last] = &on[..] else { return };
        let (mut at, mut path) = (
            first.0 + first.1,
            format!("M{} {}", first.0 + first.1, first.2),
        );
        let mut level = first.2;
        for (left, width, middle) in &on[1..] {
            let half = i32::midpoint(at, *left);
            let _ = write!(path, "C{half} {level} {half} {middle} {left} {middle}");
            (at, level) = (left + width, *middle);
            if left != &last.0 {
                let _ = write!(path, "H{at}");
            }
        }
        let class = if arrow.is_order {
            " class=\"order\""
        } else {
            ""
        };
        let _ = writeln!(
            self.inside,
            "<path{class} marker-end=\"url(#end)\" d=\"{path}\"/>"
        );
        if !arrow.values.is_empty() {
            let (before, after) = (&on[on.len() - 2], last);
            let middle = (
                i32::midpoint(before.0 + before.1, after.0),
                i32::midpoint(before.2, after.2),
            );
            self.text("value", middle.0, middle.1 - 6, &arrow.values);
        }
    }
}
