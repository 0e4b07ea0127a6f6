/// Prints a title and rows under headings, the first column to the left and numbers to the right.
pub fn print(title: &str, headings: &[&str], rows: &[Vec<String>]) {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([headings[column].chars().count()]).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    println!("\n{title}\n");
    let headings: Vec<String> = headings.iter().map(|&heading| heading.to_owned()).collect();
    let line: Vec<String> = widths.iter().map(|&width| "-".repeat(width)).collect();
    for row in [&headings, &line].into_iter().chain(rows) {
        let mut cells = row.iter().zip(&widths);
        let first = cells.next().map(|(cell, &width)| format!("{cell:<width$}")).unwrap_or_default();
        let others: String = cells.map(|(cell, &width)| format!("  {cell:>width$}")).collect();
        println!("  {first}{others}");
    }
}
