//! The figures as a page of Markdown.

use std::fmt::{self, Write};

use crate::{
    chart::percent,
    figures::{CountryFigures, Figures, total},
    text::{count, thousands},
};

/// The whole report; `chart` is the name of the file beside it.
pub(crate) fn markdown(regions: [&Figures; 3], chart: &str) -> String {
    let mut page = String::new();
    // Writing to a `String` cannot fail.
    let _ = write_page(&mut page, regions, chart);
    page
}

fn write_page(page: &mut String, regions: [&Figures; 3], chart: &str) -> fmt::Result {
    let totals: Vec<_> = regions.iter().map(|region| region.total()).collect();
    let all = total("All", &totals);
    let countries: Vec<_> = regions
        .iter()
        .flat_map(|region| &region.countries)
        .collect();

    writeln!(page, "# The shop in the first half of 2025\n")?;
    writeln!(
        page,
        "{} of {} people brought in {} with {} orders: {} of what the markets spend.\n",
        thousands(all.buyers),
        thousands(all.active),
        euros(all.cents),
        thousands(all.orders),
        percent(&all),
    )?;
    for sentence in sentences(&countries, all.cents) {
        writeln!(page, "- {sentence}")?;
    }
    writeln!(
        page,
        "\n![Revenue by week, and the share of each market]({chart})\n"
    )?;
    writeln!(page, "## By region\n")?;
    write_table(page, "Region", totals.iter().chain([&all]))?;
    writeln!(page, "\n## By country\n")?;
    let places = count(countries.len(), "country", "countries");
    let mut countries = countries;
    countries.sort_by_key(|country| std::cmp::Reverse(country.cents));
    write_table(page, "Country", countries)?;
    writeln!(
        page,
        "\nActive: did anything. New: opened an account. Buyers: of the active, how many bought. Reach: active people \
         for each million adults online. Share: of what the market spends. Sums are in euros, at the rate of the \
         month in which they were paid.\n",
    )?;
    let events = thousands(all.events);
    writeln!(page, "Worked out from {events} events in {places}.")
}

/// What stands out.
fn sentences(countries: &[&CountryFigures], cents: i64) -> Vec<String> {
    let mut sentences = Vec::new();
    if let Some(first) = countries.iter().max_by_key(|country| country.cents) {
        let part = ratio(first.cents.unsigned_abs(), cents.unsigned_abs(), 100);
        sentences.push(format!(
            "{} brings in the most: {}, {part} % of all.",
            first.name,
            euros(first.cents)
        ));
    }
    let active = countries.iter().filter(|country| country.active > 0);
    let rate = |country: &&CountryFigures| ratio(country.buyers, country.active, 1_000);
    if let Some(best) = active.clone().max_by_key(|country| rate(country))
        && let Some(worst) = active.min_by_key(|country| rate(country))
    {
        sentences.push(format!(
            "People buy most readily in {} ({} of the active) and least in {} ({}).",
            best.name,
            buyers(best),
            worst.name,
            buyers(worst)
        ));
    }
    sentences
}

fn write_table<'a>(
    page: &mut String,
    what: &str,
    rows: impl IntoIterator<Item = &'a CountryFigures>,
) -> fmt::Result {
    writeln!(
        page,
        "| {what} | Active | New | Orders | Buyers | Revenue | Per buyer | Reach | Share |"
    )?;
    writeln!(
        page,
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    )?;
    for row in rows {
        let per_buyer = row.cents.checked_div(row.buyers.cast_signed()).unwrap_or(0);
        writeln!(
            page,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            row.name,
            thousands(row.active),
            thousands(row.joined),
            thousands(row.orders),
            buyers(row),
            euros(row.cents),
            euros(per_buyer),
            tenths(ratio(row.active, row.adults, 10_000)),
            percent(row),
        )?;
    }
    Ok(())
}

/// Which part of the active have bought something.
fn buyers(row: &CountryFigures) -> String {
    format!("{} %", tenths(ratio(row.buyers, row.active, 1_000)))
}

/// A part of a whole, times a factor, rounded to the nearest.
fn ratio(part: u64, whole: u64, factor: u64) -> u64 {
    (part * factor + whole / 2).checked_div(whole).unwrap_or(0)
}

fn tenths(number: u64) -> String {
    format!("{}.{}", thousands(number / 10), number % 10)
}

/// Whole euros, rounded to the nearest.
fn euros(cents: i64) -> String {
    format!("€{}", thousands((cents.unsigned_abs() + 50) / 100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_numbers_for_people() {
        assert_eq!(euros(123_456_749), "€1,234,567");
        assert_eq!(euros(150), "€2");
        assert_eq!(tenths(ratio(1, 3, 1_000)), "33.3");
        assert_eq!(tenths(ratio(1, 0, 1_000)), "0.0");
        assert_eq!(tenths(12_345), "1,234.5");
    }
}
