"""What the ledger keeps and raises in English and the pages say in the reader's language: see `review.wording`.

Marked for the catalogue here, where no reader's language is known. `%(name)s` stands for what varies.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from review.mechanisms import MECHANISMS
from review.shipped import RELATIONS, SHIPPED

EXPLANATIONS = (  # of flags, and of items that people ask for; the first that fits is said
    _("Confidence %(confidence)s is below the task's threshold of %(threshold)s."),
    _("Confidence %(confidence)s is below the threshold of %(threshold)s for %(said)s."),
    _("The classes %(prefix_a)s and %(prefix_b)s are expected to be %(expected)s; the model says %(said)s."),
    _("The model before said %(before)s; this one says %(said)s."),
    _("The gold label is %(gold)s; the model says %(said)s with confidence %(confidence)s."),
    _("Drawn at random (%(share)s %% of all statements), to estimate accuracy."),
    _("A colleague decided all statements of this wording together. Read this one by itself."),
    _("Model %(number)s says %(said)s (%(confidence)s), model %(other)s %(before)s (%(other_confidence)s). %(asks)s"),
    _("Model %(number)s says %(said)s (%(confidence)s), model %(other)s %(before)s (%(other_confidence)s)."),
    _("What people confirmed here is disputed by this model. Give your own reading; theirs is shown after it."),
    _("%(name)s asks: %(note)s"),
    _("%(name)s asks for an answer."),
    _("%(name)s asks for a second look."),
)

RECORDED = (  # reasons that a promotion or the log of changes keeps
    _("%(reason)s (proposal %(number)s, approved by %(name)s)"),
    _("invited as %(roles)s"),
    _("roles: %(had)s → %(roles)s"),
    _("deactivated"),
    _("activated"),
    _("label %(label)s added"),
    _("label %(label)s removed"),
    _("none"),
    _("pharmacist"),
    _("adjudicator"),
    _("lead"),
)

RUNS = (  # stages of a run, what it reports, and why it ended
    _("loading the model"),
    _("predicting"),
    _("freezing the training set"),
    _("ordering"),
    _("writing"),
    _("done"),
    _("The model %(number)s is an ensemble: ask one of its members what moved it."),
    _("encode"),
    _("train"),
    _("evaluate"),
    _("calibrate"),
    _("save"),
    _("epoch"),
    _("loss"),
    _("validation loss"),
    _("learning rate"),
    _("validation macro f1"),
    _("validation accuracy"),
    _("accuracy"),
    _("model version"),
    _("computed once"),
    _("answered from cache"),
    _("n items"),
    _("n added"),
    _("n removed"),
    _("n reopened"),
    _("started"),
    _("busy"),
    _("idle"),
    _("suspended"),
    _("The worker process that had it died."),
    _("The worker that had it has been silent since %(time)s."),
    _("Its worker died %(n)s times without getting further. Look at the worker's log and memory, then resume it."),
    _(
        "The mentions of statement %(number)s take up to %(tokens)s tokens each and %(allowed)s are allowed in all: "
        "raise max_tokens to %(wanted)s."
    ),
    _(
        "The backbone's tokenizer leaves no token of the %(mention)s of statement %(number)s: correct its text, or "
        "train a model that reads the whole sentence."
    ),
    _("Statement %(number)s marks characters %(start)s to %(end)s of a sentence of %(length)s: import it again."),
    _("The pattern of statement %(number)s has no %(mark)s: import it again."),
    _("Went on after epoch %(n)s, where an earlier attempt was cut off."),
    _("No validation examples: trained all %(n)s epochs without early stopping, not calibrated."),
    _("Only %(n)s validation examples: confidences are not calibrated."),
    _("No statement teaches the class %(label)s; import seed labels or review statements of it first."),
    _("No model of this task has been promoted, so there are no flags to build a queue from. Promote one first."),
)

REFUSALS = (  # the docstrings of the errors that pages show
    _("The comment is empty or longer than 2,000 characters. Write something, or split it."),
    _("The comment answers one that stands under another statement. Load the page again."),
    _("This reviewer has a standing answer on the statement. Undo that one first, then answer again."),
    _("This answer was undone or replaced before; there is nothing left to undo."),
    _("An adjudicator has settled this statement since; ask the lead to open it again instead of undoing."),
    _("This idempotency key belongs to another decision. Reload the page to get a fresh one."),
    _(
        "Without %(label)s the task %(task)s would have fewer than %(n)s labels to learn: make another one trainable "
        "first."
    ),
    _("A training of %(task)s is under way: wait for it or cancel it, then switch %(label)s."),
    _("No model of this task is live, so nothing says which statements need a look of their own. Promote one first."),
    _("This pattern is decided with another answer. Withdraw that decision first, then decide again."),
    _("Every statement of this pattern is answered already or stays individual. Answer those one by one."),
    _("This pattern is not decided any more: it was withdrawn or reopened before. There is nothing to take back."),
    _("No other model version was live before the current one."),
    _("This model version is the live one already."),
    _("This task has the two-person rule: propose the move on the model's page, for another lead to approve."),
    _("Rolling back would make another model live than the one that was proposed. Decline this and propose again."),
    _("A proposal needs a reason: the person who approves it reads nothing else. Write a sentence."),
    _("Somebody else has proposed the same and waits for an answer. Approve or decline theirs."),
    _("Nobody approves their own proposal; the two-person rule wants another lead's answer."),
    _("This proposal was approved or declined before. Make a new one."),
    _("Only a blind answer that holds can be kept or changed, and only once. Undo your answer to give another."),
    _("Such a run is waiting or running already. Wait for it to end, or cancel it first."),
    _("Every statement chosen has a prediction of this model version. Import more, or choose another model."),
    _("An ensemble needs at least two models, each once: choose others."),
    _("Model %(number)s is itself an ensemble: choose its members in its place."),
    _("Models %(number)s and %(other)s are of two tasks, %(task)s and %(label)s: choose models of one task."),
    _("Models %(number)s and %(other)s have learnt other labels: choose models that have learnt the same."),
    _("These models answer together already: as model %(number)s."),
    _("There is no corpus %(name)s for %(task)s; there are: %(reason)s."),
    _("This run has ended; there is nothing to cancel."),
    _("Only a failed or cancelled run can be resumed."),
    _("Somebody else has changed this since you opened it: see who changed what. Save again to put yours there."),
    _("Statements were imported with these kinds of mention, so the kinds stay. Add another task for other kinds."),
    _("Another label of this task has this short name. Choose another one."),
    _("Another label of this task has this key. Choose another one."),
    _("Another label of this task says already that there is no relation. Take that from it first."),
    _("This label was used, so it stays: facts name it. It can be given another title, meaning, key and place."),
    _("The lease ran out and another pharmacist has the item open now. The answer was not saved."),
    _("The lease ran out and others have settled the item since. The answer was not saved."),
    _("You decided this statement's pattern, so somebody else checks it. The answer was not saved."),
    _("You gave one of these answers, so another adjudicator settles it. Nothing was saved."),
    _("This item is not settled, so there is nothing to open again."),
    _("Everybody who may answer has answered this item. Send it to an adjudicator."),
    _("Nobody has answered this item by itself, so there is nothing to adjudicate. Send it to a pharmacist."),
    _("This item is not in disagreement any more: it was settled, or an answer was taken back."),
    _("Only the person who decided this pattern, or the lead, may withdraw the decision."),
    _("This is the last active lead. Make somebody else a lead first."),
    _("The queue server does not answer. The run is on record and starts by itself once the server is back."),
    _("Fifty searches are saved already. Remove one that is not used any more."),
)

PARTS = (  # the names an evaluation gives to parts of its examples
    _("seen in training"),
    _("never seen"),
    _("no ATC code"),
    _("under %(n)s characters"),
    _("%(low)s to %(high)s characters"),
    _("%(n)s characters and more"),
    _("seed"),
    _("single_review"),
    _("agreement"),
    _("adjudication"),
    _("pattern_review"),
    _("exact"),
    _("chi-square"),
)

KEPT_IN_ENGLISH: tuple[str, ...] = (
    *SHIPPED,
    *RELATIONS,
    *EXPLANATIONS,
    *RECORDED,
    *RUNS,
    *REFUSALS,
    *PARTS,
    *MECHANISMS,
)
