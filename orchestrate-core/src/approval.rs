//! Human steps: what is asked, who is asked, and what comes back.

mod approver;
mod auto;
mod channel;
mod decision;
mod indent;
mod question;
mod request;
mod terminal;

pub use approver::{Answer, Approver, ApproverGone};
pub use auto::AutoApprover;
pub use channel::{Approvals, ChannelApprover, PendingApproval, Withdrawn, approval_channel};
pub use decision::{Approved, Decision, FromDecision, Rejected};
pub use question::{Detail, IntoQuestion, Question};
pub use request::Request;
pub use terminal::TerminalApprover;
