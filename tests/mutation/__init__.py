"""Mutation testing of the money and the decision rules: would the tests notice a wrong sign?

    make mutation                 # the sample of plan.yaml; ARGS="--modules agents/seeking.py"

Cosmic Ray supplies the mutations and where they fit. Its own runner writes each mutant into the
source tree and starts Python anew, which takes seven seconds here before the first test; so the
judging is done in memory (``judge.py``): the tests are collected once, every mutant gets a forked
copy of that process in which the code of one function is swapped, and only the tests that call the
function are run, the quickest first. The tree is never written to. Compiling is off, so a rule is
an ordinary function.
"""
