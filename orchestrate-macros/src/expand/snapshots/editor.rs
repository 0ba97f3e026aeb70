#[allow(warnings)]
impl<'from> Copy<'from> {
    #[doc(hidden)]
    fn __values(
        from: &'from Path,
        names: &Vec<String>,
        text: __SeenAsDifferentThings,
        kept: ::std::vec::Vec<u64>,
        bytes: u64,
        words: &u64,
        stored: &<Store as ::orchestrated::Workflow>::Output,
    ) {
        let _ = ::orchestrated::__private::options::after;
        let _ = Self::length;
        let _ = |cx: &::orchestrated::Context<'_>| {
            let _ = async || -> io::Result<String> {
                let _ = (&from,);
                { read(from, cx).await }
            };
        };
        let _ = ::orchestrated::__private::options::each;
        let _ = ::orchestrated::__private::options::retry;
        let _ = ::orchestrated::__private::options::idempotent;
        let _ = &wrods;
        let _ = |wrods: &u64, name: <&Vec<String> as ::core::iter::IntoIterator>::Item| {
            let _ = &names;
            let _ = async || -> io::Result<u64> {
                let _ = (&names, &name);
                { keep(name, wrods).await }
            };
            let _ = |
                error: &<io::Result<u64> as ::orchestrated::__private::Outcome>::Error|
            {
                let _ = || { error.is_transient(name) };
            };
        };
        let _ = || {
            let _ = || -> (u64, u64) {
                let _ = (&from,);
                { measure(from) }
            };
        };
        let _ = || {
            let _ = |text: &String| { Store { text: &text, bytes } };
            let _ = || { Store { text: &text, bytes } };
        };
        let _ = || {
            let _ = |text: String| -> () {
                let _ = (&text, &words);
                let _: String;
                { text + words }
            };
            let _ = || -> () {
                let _ = (&text, &words);
                let _: String;
                { text + words }
            };
        };
        let _ = || -> io::Result<usize> { Ok(kept.len()) };
    }
    ///Runs the workflow [`Copy`](Copy).
    ///
    /// Nothing happens until the future is polled; dropping it ends the run at once, and undoes nothing.
    ///
    /// # Errors
    ///
    /// When a step fails or panics: the failure says which, and why. Nothing new starts then, the steps that are
    /// running are dropped, or awaited where they must be undone, and what must be undone is.
    fn run(
        self,
        launcher: &dyn ::orchestrated::Launcher<
            <Self as ::orchestrated::Workflow>::Agents,
        >,
    ) -> impl ::core::future::Future<
        Output = ::core::result::Result<
            usize,
            ::orchestrated::Failure<
                <io::Result<usize> as ::orchestrated::__private::Outcome>::Error,
            >,
        >,
    > {
        let _ = launcher;
        ::core::future::pending()
    }
    ///The step `text`.
    async fn text(
        from: &'from Path,
        cx: &::orchestrated::Context<'_>,
    ) -> io::Result<String> {
        loop {}
    }
    ///The step `kept`.
    async fn kept(
        names: &Vec<String>,
        name: <&Vec<String> as ::core::iter::IntoIterator>::Item,
        wrods: impl ::core::marker::Sized,
    ) -> io::Result<u64> {
        loop {}
    }
    ///The step `length`.
    fn length(from: &'from Path) -> (u64, u64) {
        loop {}
    }
    ///The step `last`.
    fn last(text: String, words: &u64) {
        loop {}
    }
}
