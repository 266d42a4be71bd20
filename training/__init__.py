"""Makes the reader's weights: data sets -> examples -> a trained network -> the model folder that qabot ships."""
