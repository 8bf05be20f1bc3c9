"""The description of the model: tables made from the code, and the check that none has drifted."""
