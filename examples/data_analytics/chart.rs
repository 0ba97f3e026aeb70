//! Draws the figures: the revenue of each week, and the share of each market.

use std::error::Error;

use plotters::{
    coord::ranged1d::{IntoSegmentedCoord, SegmentValue},
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use crate::{
    error::AnalyticsError,
    feeds::Region,
    figures::{CountryFigures, Figures, WEEKS},
};

const SIZE: (u32, u32) = (1_000, 940);
const FONT: &str = "sans-serif";
const GREY: RGBColor = RGBColor(90, 90, 90);

/// Both charts, one above the other, as one SVG.
pub(crate) fn svg(regions: [&Figures; 3]) -> Result<String, AnalyticsError> {
    let mut text = String::new();
    draw(&mut text, regions).map_err(|error| AnalyticsError::Chart(error.to_string()))?;
    Ok(text)
}

fn draw(text: &mut String, regions: [&Figures; 3]) -> Result<(), Box<dyn Error>> {
    let page = SVGBackend::with_string(text, SIZE).into_drawing_area();
    page.fill(&WHITE)?;
    let page = page.margin(12, 12, 16, 24);
    let (above, below) = page.split_vertically(430);
    draw_weeks(&above, regions)?;
    draw_shares(&below, regions)?;
    page.present()?;
    Ok(())
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

fn draw_weeks(area: &Area<'_>, regions: [&Figures; 3]) -> Result<(), Box<dyn Error>> {
    let most = regions.iter().flat_map(|region| region.weeks).max();
    let top = thousand_euros(most.unwrap_or(0)).ceil().max(1.0);
    let mut chart = ChartBuilder::on(area)
        .caption("Revenue by week, first half of 2025", (FONT, 24))
        .margin_top(4)
        .x_label_area_size(58)
        .y_label_area_size(74)
        .build_cartesian_2d(0..WEEKS - 1, 0.0..top)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(BLACK.mix(0.15))
        .light_line_style(TRANSPARENT)
        .axis_style(GREY)
        .x_labels(14)
        .x_label_formatter(&|week| first_day(*week))
        .x_desc("first day of the week (the last week has six days)")
        .y_desc("thousand euros")
        .label_style((FONT, 15))
        .axis_desc_style((FONT, 16))
        .draw()?;
    for region in regions {
        let color = color(region.region);
        let weeks = region.weeks.iter().map(|cents| thousand_euros(*cents));
        chart
            .draw_series(LineSeries::new(weeks.enumerate(), color.stroke_width(3)))?
            .label(region.region.name())
            .legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 18, y + 5)], color.filled()));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .margin(14)
        .background_style(WHITE.mix(0.85))
        .border_style(BLACK.mix(0.2))
        .label_font((FONT, 16))
        .draw()?;
    Ok(())
}

fn draw_shares(area: &Area<'_>, regions: [&Figures; 3]) -> Result<(), Box<dyn Error>> {
    let bars = bars(regions);
    let most = bars.last().map_or(1.0, |(_, country)| share(country));
    let mut chart = ChartBuilder::on(area)
        .caption("Share of each market, first half of 2025", (FONT, 24))
        .margin_top(16)
        .x_label_area_size(52)
        .y_label_area_size(140)
        .build_cartesian_2d(
            0.0..(most * 1.1).max(0.1),
            (0..bars.len().saturating_sub(1)).into_segmented(),
        )?;
    let name = |place: &SegmentValue<usize>| match place {
        SegmentValue::CenterOf(at) => bars
            .get(*at)
            .map_or(String::new(), |(_, one)| one.name.clone()),
        _ => String::new(),
    };
    chart
        .configure_mesh()
        .disable_y_mesh()
        .bold_line_style(BLACK.mix(0.15))
        .light_line_style(TRANSPARENT)
        .axis_style(GREY)
        .y_labels(bars.len())
        .y_label_formatter(&name)
        .x_label_formatter(&|share| format!("{share:.1}"))
        .x_desc("percent of what the market spends (colours as above)")
        .label_style((FONT, 15))
        .axis_desc_style((FONT, 16))
        .draw()?;
    chart.draw_series(bars.iter().enumerate().map(|(at, (region, country))| {
        let corners = [
            (0.0, SegmentValue::Exact(at)),
            (share(country), SegmentValue::Exact(at + 1)),
        ];
        let mut bar = Rectangle::new(corners, color(*region).filled());
        bar.set_margin(4, 4, 0, 0);
        bar
    }))?;
    let beside = (FONT, 15)
        .into_text_style(area)
        .pos(Pos::new(HPos::Left, VPos::Center));
    chart.draw_series(bars.iter().enumerate().map(|(at, (_, country))| {
        let end = (share(country), SegmentValue::CenterOf(at));
        EmptyElement::at(end) + Text::new(percent(country), (8, 0), beside.clone())
    }))?;
    Ok(())
}

/// A bar for each country, the largest last: the axis begins at the bottom.
fn bars(regions: [&Figures; 3]) -> Vec<(Region, &CountryFigures)> {
    let mut bars = Vec::new();
    for figures in regions {
        bars.extend(
            figures
                .countries
                .iter()
                .map(|country| (figures.region, country)),
        );
    }
    bars.sort_by(|(_, a), (_, b)| share(a).total_cmp(&share(b)));
    bars
}

fn color(region: Region) -> RGBColor {
    // Three colours that stay apart for those who do not see all colours.
    match region {
        Region::Americas => RGBColor(213, 94, 0),
        Region::AsiaPacific => RGBColor(0, 158, 115),
        Region::Europe => RGBColor(0, 114, 178),
    }
}

#[allow(clippy::cast_precision_loss, reason = "a chart shows three digits")]
fn thousand_euros(cents: i64) -> f64 {
    cents as f64 / 100_000.0
}

/// The percentage of its market that went to the shop.
#[allow(clippy::cast_precision_loss, reason = "a chart shows three digits")]
fn share(country: &CountryFigures) -> f64 {
    100.0 * thousand_euros(country.cents) / country.market.max(1) as f64
}

/// A share in words.
pub(crate) fn percent(country: &CountryFigures) -> String {
    format!("{:.2} %", share(country))
}

/// The first day of a week of the half-year, counted from 0.
fn first_day(week: usize) -> String {
    const MONTHS: [(&str, usize); 6] = [
        ("Jan", 31),
        ("Feb", 28),
        ("Mar", 31),
        ("Apr", 30),
        ("May", 31),
        ("Jun", 30),
    ];
    let mut day = 7 * week + 1;
    for (month, days) in MONTHS {
        if day <= days {
            return format!("{day} {month}");
        }
        day -= days;
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_first_day_of_a_week() {
        for (week, day) in [
            (0, "1 Jan"),
            (4, "29 Jan"),
            (5, "5 Feb"),
            (9, "5 Mar"),
            (25, "25 Jun"),
        ] {
            assert_eq!(first_day(week), day);
        }
    }

    #[test]
    fn draws_nothing_too() {
        let empty = |region| Figures {
            region,
            countries: Vec::new(),
            weeks: [0; WEEKS],
        };
        let regions = [Region::Americas, Region::AsiaPacific, Region::Europe].map(empty);
        let text = svg([&regions[0], &regions[1], &regions[2]]).unwrap();
        assert!(text.starts_with("<svg") && text.trim_end().ends_with("</svg>"));
    }
}
