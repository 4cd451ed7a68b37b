"""What rules of several files ask for."""


def wanted():
    """The files of the rules above where it is called (in a function of a rule: of all rules)."""
    return [
        *(
            made
            for step in workflow.rules
            if not step.wildcard_names
            for made in step.output
        ),
        *expand(rules.fit.output, model=study.models),
        *expand(rules.draw.output, figure=figures),
        *(shared_samples if study.economics else []),
        *drawn_public,
    ]
