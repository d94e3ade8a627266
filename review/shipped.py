"""The tasks every site starts with, as their rows name them in English: see `review.sentences`."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

SHIPPED = (  # the task every site starts with, as its rows name it
    _("Drug–drug interaction polarity"),
    _("What does this sentence say the combination does?"),
    _(
        "Answer what the sentence itself says about taking both drugs together, not what you know of the pair. "
        "When the sentence names an effect, ask whether a prescriber wants that effect: if the combination makes a "
        "wanted effect stronger, it is synergistic; if it makes treatment work less, or makes harm appear or grow, it "
        "is antagonistic. When it only tells of a changed concentration, metabolism or excretion, or of an unnamed "
        "change, it is not determinable."
    ),
    _("Synergistic"),
    _("Antagonistic"),
    _("Not determinable"),
    _("synergistic"),
    _("antagonistic"),
    _("not determinable"),
    _("undetermined"),
    _("The combination enhances an intended effect."),
    _("Efficacy is reduced, or harm arises or grows."),
    _(
        "An interaction without a stated outcome: a concentration or metabolism changes, or an activity "
        "“may be affected”."
    ),
)

RELATIONS = (  # the tasks of annotated documents
    _("Drug–protein relations"),
    _("How does this sentence say the chemical and the gene product are related?"),
    _(
        "Answer what the sentence itself says of the two marked mentions, not what you know of them, and not what "
        "it says of another mention with the same name. Direct means that the chemical binds or acts on the "
        "protein itself; indirect that its amount or activity changes by way of something else, such as "
        "expression. When the sentence denies the relation, or names both without relating them, there is no "
        "relation. Where two answers fit, give the more specific one."
    ),
    _("Antagonist"),
    _("The chemical binds a receptor and keeps others from acting on it."),
    _("antagonist"),
    _("Inhibitor"),
    _("The chemical binds the protein and lowers its activity, or blocks it."),
    _("inhibitor"),
    _("Agonist"),
    _("The chemical binds a receptor and makes it respond."),
    _("agonist"),
    _("Activator"),
    _("The chemical binds the protein and raises its activity."),
    _("activator"),
    _("Indirect upregulator"),
    _("The chemical raises the protein's amount or activity without acting on it directly."),
    _("indirect-upregulator"),
    _("Indirect downregulator"),
    _("The chemical lowers the protein's amount or activity without acting on it directly."),
    _("indirect-downregulator"),
    _("Part of"),
    _("The chemical is a part of the protein: an amino acid, a residue, a bound metal."),
    _("part-of"),
    _("Direct regulator"),
    _("The chemical binds the protein; which way it acts is not said."),
    _("direct-regulator"),
    _("Substrate"),
    _("The protein acts on the chemical: changes it, or carries it."),
    _("substrate"),
    _("Product of"),
    _("The chemical is what the protein makes."),
    _("product-of"),
    _("No relation"),
    _("The sentence relates the two in none of these ways."),
    _("no-relation"),
    _("Drug–drug interaction types"),
    _("How does this sentence say the two drugs interact?"),
    _(
        "Answer what the sentence itself says of the two marked mentions. When it both gives advice and describes "
        "the interaction, it is advice; when it gives both how an interaction comes about and what it does, it is "
        "the mechanism. Two drugs that are merely listed together, compared, or said not to interact do not "
        "interact."
    ),
    _("Mechanism"),
    _("How the interaction comes about: absorption, metabolism, concentration change."),
    _("mechanism"),
    _("Effect"),
    _("What the interaction does: a clinical finding, a sign, a changed or failing action."),
    _("effect"),
    _("Advice"),
    _("A recommendation or warning about taking the two together."),
    _("advise"),
    _("Interaction"),
    _("That the two interact, and nothing more."),
    _("int"),
    _("No interaction"),
    _("The sentence states no interaction of these two."),
)
