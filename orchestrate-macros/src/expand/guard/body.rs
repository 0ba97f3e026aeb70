//! The innermost layer: one attempt at the body.

use orchestrate_plan::{Kind, Priority};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote_spanned};
use syn::spanned::Spanned;

use super::Guard;
use crate::{
    expand::{at, expressions, undo},
    model::{How, turbofish},
    syntax::Work,
};

impl Guard<'_, '_> {
    /// One attempt, its number in `__attempt`.
    pub(super) fn body(&self) -> TokenStream {
        let kind = self.scope.model.kind(self.step);
        let step = &self.scope.model.steps[self.step];
        match &step.syntax.work {
            Work::Function { .. } if kind == Kind::Human => self.human(),
            Work::Function { output, .. } if self.options().batch.is_some() => {
                self.batch(output.fallible)
            }
            Work::Function { output, .. } => self.function(output.fallible),
            Work::Flow { .. } => self.flow(),
        }
    }

    /// How the attempt is made: how long it may take, and what it takes.
    pub(super) fn attempt(&self) -> TokenStream {
        let (facade, options) = (self.facade(), self.options());
        let limit = match &options.timeout {
            None => ours!(None),
            Some(timeout) => {
                let limit = self.time(&timeout.limit, "timeout");
                if timeout.adaptive {
                    ours!(Adaptive(#limit))
                } else {
                    ours!(After(#limit))
                }
            }
        };
        let recorded = options.timeout.is_some() || options.estimate.is_some();
        let counted = matches!(
            self.scope.model.kind(self.step),
            Kind::Agent | Kind::Tool | Kind::Mcp
        );
        let priority = options
            .priority
            .as_ref()
            .map_or(Priority::Normal, |(_, priority)| *priority);
        let priority = format_ident!("{priority:?}");
        let uses = expressions::uses(options);
        ours! {
            #facade::__private::Attempt {
                number: __attempt,
                told: ::core::option::Option::Some(__attempt),
                limit: #facade::__private::Limit::#limit,
                recorded: #recorded,
                takes: #facade::__private::Takes {
                    counted: #counted,
                    priority: #facade::__private::Priority::#priority,
                    uses: #uses,
                },
            }
        }
    }

    /// The arguments of the step's function.
    fn arguments(&self) -> Vec<TokenStream> {
        let model = self.scope.model;
        let reads = model.steps[self.step].reads.iter().zip(&self.given);
        let mut arguments: Vec<TokenStream> = reads
            .map(|(read, given)| match read.how {
                How::Context => ours!(&__cx),
                How::Last => self.last(),
                How::Item => {
                    // At the word that asks for it: its type may not fit there.
                    let mut item = self.item();
                    item.set_span(at(read.name.span()));
                    ours!(#item)
                }
                _ if expressions::is_unique(model, read) => ours!(&mut *#given),
                _ => ours!(#given),
            })
            .collect();
        if expressions::has_unnamed_item(model, self.step) {
            let item = self.item();
            arguments.push(ours!(#item));
        }
        arguments
    }

    /// The `cx` of the attempt, where the body names it.
    fn context(&self) -> Option<TokenStream> {
        let reads = &self.scope.model.steps[self.step].reads;
        let is_read = reads.iter().any(|read| read.how == How::Context);
        is_read.then(|| ours!(let __cx = __step.context(__attempt);))
    }

    /// The future of the body.
    fn future(&self) -> TokenStream {
        let call = self.call_of_body();
        if self.scope.model.steps[self.step].syntax.kind == Kind::Plain {
            ours!(async { #call })
        } else {
            call
        }
    }

    /// The call of the step's function.
    pub(super) fn call_of_body(&self) -> TokenStream {
        let model = &self.scope.model.steps[self.step];
        let (function, arguments) = (&model.function, self.arguments());
        let each = model.syntax.options.each.as_ref();
        // What is wrong with its items is wrong at their word.
        let span = each.map_or_else(|| function.span(), |each| each.items.span());
        let mut function = function.clone();
        function.set_span(span);
        quote_spanned!(span=> Self::#function(#(#arguments),*))
    }

    fn function(&self, fallible: bool) -> TokenStream {
        if self.options().apart().is_some() {
            return self.apart(fallible);
        }
        let (attempt, context, future) = (self.attempt(), self.context(), self.future());
        let facade = self.facade();
        let made = if fallible {
            ours!(fallible)
        } else {
            ours!(infallible)
        };
        let describe = fallible.then(|| self.describe());
        ours! {{
            #context
            __step.#made(#attempt, #facade::__private::pin!(::core::option::Option::Some(#future)) #describe).await
        }}
    }

    /// How an error of the body reads, as one more argument.
    pub(super) fn describe(&self) -> TokenStream {
        let facade = self.facade();
        ours! {
            , |__error| {
                use #facade::__private::{DescribeDebug as _, DescribeDisplay as _, DescribeType as _};
                (&&&#facade::__private::Probe(__error)).describe()
            }
        }
    }

    /// The body builds a question; the answer is the output.
    fn human(&self) -> TokenStream {
        let (attempt, context, future) = (self.attempt(), self.context(), self.future());
        let output = self.scope.model.function_of(self.step);
        let fallible = output.is_some_and(|output| output.fallible);
        let returns = output.and_then(|output| output.returns.as_ref());
        match returns {
            // Nobody looks at the decision, so a rejection fails the run.
            None => ours! {{
                #context
                __step.allowed(#attempt, #future).await
            }},
            Some(returns) => {
                let made = if fallible { "decided_or" } else { "decided" };
                let made = Ident::new(made, returns.span());
                // What cannot be made from a decision is told of at the type.
                let span = returns.span();
                let step = Ident::new("__step", Span::mixed_site().located_at(span));
                let decided =
                    quote_spanned!(span=> #step.#made::<#returns, _>(#attempt, #future).await);
                ours! {{
                    #context
                    #decided
                }}
            }
        }
    }

    fn flow(&self) -> TokenStream {
        let model = self.scope.model;
        let Work::Flow { path, fields } = &model.steps[self.step].syntax.work else {
            return TokenStream::new();
        };
        let attempt = self.attempt();
        let facade = model.facade_at(path.span());
        let keeps = self.scope.keeps_flow(self.step);
        let run = if keeps {
            quote_spanned!(path.span()=> <#path as #facade::Workflow>::__part)
        } else {
            quote_spanned!(path.span()=> <#path as #facade::Workflow>::run)
        };
        let depth = super::plan::depth_check_in_run(model, path);
        let borrow = undo::borrow_check_in_run(model, self.step, path);
        let struct_path = turbofish(path);
        let arguments = self.arguments();
        let fields = fields.iter().zip(&arguments).map(|(field, argument)| {
            let name = &field.name;
            ours!(#name: #argument)
        });
        // Whether the run fails with it: nothing makes good for that.
        let options = self.options();
        let fails =
            options.retry.is_none() && options.fallback.is_empty() && options.absorbed().is_none();
        let launcher = Ident::new("__launcher", path.span());
        let call = quote_spanned!(path.span()=> #run(#struct_path { #(#fields),* }, #launcher));
        let undoes = quote_spanned!(path.span()=> <#path as #facade::Workflow>::__UNDOES);
        let pinned = {
            let facade = self.facade();
            ours!(#facade::__private::pin!(#call))
        };
        let ended = ours!(__step.run_flow(#attempt, #undoes, &__stop, #pinned).await);
        let undo = Ident::new("__undo", path.span());
        let keep = quote_spanned!(path.span()=> #facade::__private::keep_flow::<#path, _>(#undo));
        let kept = if self.options().repeat.is_some() {
            ours!(__flow.push(#keep);)
        } else {
            ours!(__flow = ::core::option::Option::Some(#keep);)
        };
        let ended = if keeps {
            ours! {
                match #ended {
                    ::core::result::Result::Ok((__value, #undo)) => {
                        #kept
                        ::core::result::Result::Ok(__value)
                    }
                    ::core::result::Result::Err(__error) => ::core::result::Result::Err(__error),
                }
            }
        } else {
            ended
        };
        ours! {{
            #depth
            #borrow
            let __stop = __step.stop(#fails);
            let #launcher = &__step.flow(&__stop);
            #ended
        }}
    }

    /// The call of one item, as one of a batch.
    fn batch(&self, fallible: bool) -> TokenStream {
        let (facade, options) = (self.facade(), self.options());
        let Some(batch) = &options.batch else {
            return TokenStream::new();
        };
        let size = self.count(&batch.size, "size");
        let wait = batch.wait.as_ref().map_or_else(
            || expressions::duration(std::time::Duration::from_millis(2)),
            |wait| self.time(wait, "wait"),
        );
        let model = self.scope.model;
        let items = options
            .each
            .as_ref()
            .map(|each| crate::syntax::plain(&each.items));
        let reads = model.steps[self.step].reads.iter().zip(&self.given);
        let group = reads
            .filter(|(read, _)| {
                read.how.is_value() && items.as_deref() != Some(&crate::syntax::plain(read.name))
            })
            .map(|(_, given)| ours!(#facade::__private::same(#given)));
        let body = self.function(fallible);
        let item = self.item();
        let items = if options.apart().is_some() {
            ours!(let __batch = ::std::sync::Arc::new(__items); let #item = &__batch[..];)
        } else {
            ours!(let #item = &__items[..];)
        };
        ours! {
            __step.batched(
                <[[::core::primitive::usize; 2]]>::concat(&[#(#group),*]),
                #facade::__private::Item::kept(#item),
                #size,
                #wait,
                __attempt,
                |__items| async move {
                    #items
                    #body
                },
                |__error| {
                    use #facade::__private::{DescribeDebug as _, DescribeDisplay as _, DescribeType as _};
                    __error.describe(|__error| (&&&#facade::__private::Probe(__error)).describe())
                },
            ).await
        }
    }
}
