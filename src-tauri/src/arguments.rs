use std::ffi::OsString;

/// What the program was started for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// To run; hidden when the system started it at sign-in.
    Run { hidden: bool },
    /// To tell what it understands.
    Help,
    /// To tell its version.
    Version,
}

/// Reads the arguments after the program's name.
///
/// # Errors
/// The first that is not understood.
pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Order, String> {
    let mut hidden = false;
    for argument in arguments {
        match argument.to_str() {
            Some("--hidden") => hidden = true,
            Some("-h" | "--help") => return Ok(Order::Help),
            Some("-V" | "--version") => return Ok(Order::Version),
            // A WebDriver always passes it on.
            Some("--automation") => {}
            Some(_) | None => return Err(argument.to_string_lossy().into_owned()),
        }
    }
    Ok(Order::Run { hidden })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing(&[], Ok(Order::Run { hidden: false }))]
    #[case::at_sign_in(&["--hidden"], Ok(Order::Run { hidden: true }))]
    #[case::driven(&["--automation", "--hidden"], Ok(Order::Run { hidden: true }))]
    #[case::help(&["--hidden", "-h"], Ok(Order::Help))]
    #[case::version(&["--version"], Ok(Order::Version))]
    #[case::misspelt(&["--hiden"], Err("--hiden"))]
    #[case::a_file(&["--hidden", "referrals.csv"], Err("referrals.csv"))]
    fn arguments_are_understood_or_named(#[case] given: &[&str], #[case] expected: Result<Order, &str>) {
        let read = read(given.iter().map(OsString::from));
        assert_eq!(read, expected.map_err(str::to_owned));
    }
}
