"""What libraries call while they train, one file for each; a file imports its library, nothing else imports the file.

    from jupyter_mlversion.callbacks.keras import Callback          # model.fit(…, callbacks=[Callback()])
    from jupyter_mlversion.callbacks.lightgbm import callback       # lightgbm.train(…, callbacks=[callback()])
    from jupyter_mlversion.callbacks.lightning import Logger        # Trainer(logger=Logger())
    from jupyter_mlversion.callbacks.sklearn import record          # from here on, every fit
    from jupyter_mlversion.callbacks.transformers import Callback   # Trainer(…, callbacks=[Callback()])
    from jupyter_mlversion.callbacks.xgboost import Callback        # xgboost.train(…, callbacks=[Callback()])

They log into the run that is open where the training begins.
"""
