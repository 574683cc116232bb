"""Wrong solutions of the sine GAN lab that people really write: each loses marks, and the message names it.

A mistake belongs to the exercise that its id begins with. It is either a few edits of the lab's own
solution cell (text -> replacement, at every occurrence) or a whole cell. Its sentence is shown to a
student whose responses equal those of the mistake.
"""

from autograder.course.catalogue import Mistake

MISTAKES = [
    # ---------------------------------------------------------------- make_train_data
    Mistake(
        "make_train_data.half_period",
        "The points stop at π, so they show the first arch of the sine only. How long is one full period?",
        edits={"2 * math.pi * torch.rand": "math.pi * torch.rand"},
    ),
    Mistake(
        "make_train_data.unit_interval",
        "All of column 0 lies between 0 and 1. "
        "Which interval does torch.rand draw from, and which one is wanted?",
        edits={"2 * math.pi * torch.rand": "torch.rand"},
    ),
    Mistake(
        "make_train_data.scaled_for_the_sine_only",
        "Column 1 runs through a whole period while column 0 stays below 1. "
        "Is it the same x1 in both columns?",
        code='''\
def make_train_data(train_data_length=1024):
    x1 = torch.rand(train_data_length)
    return torch.stack((x1, torch.sin(2 * math.pi * x1)), dim=1)
''',
    ),
    Mistake(
        "make_train_data.normal",
        "Column 0 is bell-shaped around 0, with negative values. Which of torch's functions draws uniformly?",
        edits={"torch.rand(": "torch.randn("},
    ),
    Mistake(
        "make_train_data.centred_on_zero",
        "Column 0 runs from -π to π. The length of the interval is right; where should it start?",
        edits={"torch.rand(train_data_length)": "torch.rand(train_data_length) - math.pi"},
    ),
    Mistake(
        "make_train_data.evenly_spaced",
        "Every call gives the same evenly spaced points. Is anything drawn at random here?",
        edits={
            "2 * math.pi * torch.rand(train_data_length)": (
                "torch.linspace(0, 2 * math.pi, train_data_length)"
            ),
        },
    ),
    Mistake(
        "make_train_data.cosine",
        "Column 1 is 1 where column 0 is 0: that is another curve. Which function starts at 0?",
        edits={"torch.sin(x1)": "torch.cos(x1)"},
    ),
    Mistake(
        "make_train_data.degrees",
        "Column 0 goes up to 360. In which unit do torch.sin and this lab measure angles?",
        edits={"2 * math.pi * torch.rand": "360 * torch.rand"},
    ),
    Mistake(
        "make_train_data.columns_swapped",
        "The sine stands in column 0 and x1 in column 1. Which order does the docstring ask for?",
        edits={"(x1, torch.sin(x1))": "(torch.sin(x1), x1)"},
    ),
    Mistake(
        "make_train_data.numpy_random",
        "torch.manual_seed has no effect on these numbers. Whose random generator do they come from?",
        code='''\
import numpy as np


def make_train_data(train_data_length=1024):
    x1 = np.random.uniform(0, 2 * np.pi, train_data_length)
    return torch.tensor(np.stack((x1, np.sin(x1)), axis=1), dtype=torch.float32)
''',
    ),
    Mistake(
        "make_train_data.double_precision",
        "The values are right, in float64. Which dtype will the weights of the networks have?",
        edits={"torch.rand(train_data_length)": "torch.rand(train_data_length, dtype=torch.float64)"},
    ),
    Mistake(
        "make_train_data.fixed_length",
        "There are 1024 points whatever number is asked for. Which argument says how many to draw?",
        edits={"torch.rand(train_data_length)": "torch.rand(1024)"},
    ),
    Mistake(
        "make_train_data.two_rows",
        "The shape is (2, n): the two coordinates are rows. "
        "Along which dimension do the parts have to be stacked?",
        edits={"dim=1": "dim=0"},
    ),
    Mistake(
        "make_train_data.concatenated",
        "All numbers stand in one long row, first every x1, then every sine. "
        "What is the shape of one sample?",
        edits={"torch.stack((x1, torch.sin(x1)), dim=1)": "torch.cat((x1, torch.sin(x1)))"},
    ),
    Mistake(
        "make_train_data.seeds_inside",
        "Two calls give exactly the same points. What happens to the random generator inside the function?",
        edits={"    x1 = ": "    torch.manual_seed(2023)\n    x1 = "},
    ),
    # ---------------------------------------------------------------- make_train_set
    Mistake(
        "make_train_set.label_one",
        "The labels are 1. Which number does the docstring name?",
        edits={"(sample, 0.0)": "(sample, 1.0)"},
    ),
    Mistake(
        "make_train_set.label_in_a_vector",
        "Each label is a tensor of shape (1,), so a batch of labels has shape (N, 1). "
        "How many dimensions has a scalar?",
        edits={"(sample, 0.0)": "(sample, torch.zeros(1))"},
    ),
    Mistake(
        "make_train_set.integer_label",
        "The labels are whole numbers, and a DataLoader makes int64 of them. What is the type of 0.0?",
        edits={"(sample, 0.0)": "(sample, 0)"},
    ),
    Mistake(
        "make_train_set.used_up",
        "This can be read once, and is empty afterwards. "
        "What kind of object lets a DataLoader start over each epoch?",
        edits={
            "[(sample, 0.0) for sample in train_data]": "zip(train_data, torch.zeros(len(train_data)))",
        },
    ),
    Mistake(
        "make_train_set.lists_for_tuples",
        "The pairs are lists. Which kind of bracket makes a tuple?",
        edits={"(sample, 0.0)": "[sample, 0.0]"},
    ),
    Mistake(
        "make_train_set.tensor_dataset",
        "This is a dataset object. Which type does the docstring ask for?",
        edits={
            "[(sample, 0.0) for sample in train_data]": (
                "torch.utils.data.TensorDataset(train_data, torch.zeros(len(train_data)))"
            ),
        },
    ),
    Mistake(
        "make_train_set.swapped",
        "The label comes first and the sample second. In which order will the training loop unpack them?",
        edits={"(sample, 0.0)": "(0.0, sample)"},
    ),
    Mistake(
        "make_train_set.third_column",
        "The label has become a third column of one tensor. How does a DataLoader tell samples from labels?",
        edits={
            "[(sample, 0.0) for sample in train_data]": (
                "torch.cat((train_data, torch.zeros(len(train_data), 1)), dim=1)"
            ),
        },
    ),
    Mistake(
        "make_train_set.sine_as_label",
        "The pairs are (x1, x2): the sine serves as the label. "
        "What is one sample here, and what is its label?",
        edits={"(sample, 0.0) for sample": "(x1, x2) for x1, x2"},
    ),
    Mistake(
        "make_train_set.fixed_length",
        "This works for 1024 samples and no other number. How can the function know how many there are?",
        edits={"(sample, 0.0) for sample in train_data": "(train_data[i], 0.0) for i in range(1024)"},
    ),
    Mistake(
        "make_train_set.extra_dimension",
        "Each sample has shape (1, 2). What is the difference between a row and a slice that holds one row?",
        edits={"(sample, 0.0) for sample": "(sample.unsqueeze(0), 0.0) for sample"},
    ),
    # ---------------------------------------------------------------- discriminator
    Mistake(
        "discriminator.no_sigmoid",
        "Some outputs lie below 0 or above 1. What turns a number of any size into a probability?",
        edits={"            nn.Sigmoid(),\n": ""},
    ),
    Mistake(
        "discriminator.no_dropout",
        "In training mode two calls give equal outputs. Which layer should make them differ?",
        edits={"            nn.Dropout(0.3),\n": ""},
    ),
    Mistake(
        "discriminator.dropout_default",
        "Half of the hidden units are dropped. Which share does the text ask for, and what is the default?",
        edits={"nn.Dropout(0.3)": "nn.Dropout()"},
    ),
    Mistake(
        "discriminator.dropout_keeps_share",
        "Seven in ten hidden units are dropped. "
        "Does the argument of Dropout say what is kept, or what is lost?",
        edits={"nn.Dropout(0.3)": "nn.Dropout(0.7)"},
    ),
    Mistake(
        "discriminator.dropout_once",
        "Only the first hidden layer loses units in training. "
        "After which layers does the text ask for Dropout?",
        edits={
            "            nn.Dropout(0.3),\n            nn.Linear(128, 64)": "            nn.Linear(128, 64)",
            "            nn.Dropout(0.3),\n            nn.Linear(64, 1)": "            nn.Linear(64, 1)",
        },
    ),
    Mistake(
        "discriminator.no_dropout_before_output",
        "The third hidden layer never loses a unit. How many hidden layers are there, and how many Dropouts?",
        edits={
            "            nn.Dropout(0.3),\n            nn.Linear(64, 1)": "            nn.Linear(64, 1)",
        },
    ),
    Mistake(
        "discriminator.dropout_in_evaluation",
        "In evaluation mode the same input gives different outputs. "
        "How does a dropout learn which mode the network is in?",
        code='''\
import torch.nn.functional as F


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 256)
        self.fc2 = nn.Linear(256, 128)
        self.fc3 = nn.Linear(128, 64)
        self.fc4 = nn.Linear(64, 1)

    def forward(self, points):
        x = F.dropout(F.relu(self.fc1(points)), 0.3)
        x = F.dropout(F.relu(self.fc2(x)), 0.3)
        x = F.dropout(F.relu(self.fc3(x)), 0.3)
        return torch.sigmoid(self.fc4(x))
''',
    ),
    Mistake(
        "discriminator.dropout_on_input",
        "Coordinates of the points themselves are dropped in training. "
        "After which layers should Dropout stand?",
        edits={"nn.Linear(2, 256)": "nn.Dropout(0.3),\n            nn.Linear(2, 256)"},
    ),
    Mistake(
        "discriminator.dropout_on_output",
        "In training some probabilities are exactly 0, others above 1. What stands after the last layer?",
        edits={"            nn.Sigmoid(),": "            nn.Sigmoid(),\n            nn.Dropout(0.3),"},
    ),
    Mistake(
        "discriminator.leaky_relu",
        "Negative values pass the hidden layers at a fifth of their size. "
        "Which activation does the text name?",
        edits={"nn.ReLU()": "nn.LeakyReLU(0.2)"},
    ),
    Mistake(
        "discriminator.tanh_activations",
        "The hidden layers bend their values into (-1, 1). Which activation does the text name?",
        edits={"nn.ReLU()": "nn.Tanh()"},
    ),
    Mistake(
        "discriminator.no_activations",
        "Before the sigmoid the network is a straight line in its input. "
        "What makes several layers more than one?",
        edits={"            nn.ReLU(),\n": ""},
    ),
    Mistake(
        "discriminator.relu_before_sigmoid",
        "No output is below one half. What reaches the sigmoid, if nothing negative can?",
        edits={"            nn.Sigmoid(),": "            nn.ReLU(),\n            nn.Sigmoid(),"},
    ),
    Mistake(
        "discriminator.softmax",
        "Every output is exactly 1. Over how many numbers does this softmax share out the probability?",
        edits={"nn.Sigmoid()": "nn.Softmax(dim=1)"},
    ),
    Mistake(
        "discriminator.two_outputs",
        "There are two outputs for each point. How many numbers does it take to say how likely real is?",
        edits={"nn.Linear(64, 1)": "nn.Linear(64, 2)", "nn.Sigmoid()": "nn.Softmax(dim=1)"},
    ),
    Mistake(
        "discriminator.widths_reversed",
        "The widths grow from 64 to 256. In which order does the text give them?",
        edits={
            "nn.Linear(2, 256)": "nn.Linear(2, 64)",
            "nn.Linear(256, 128)": "nn.Linear(64, 128)",
            "nn.Linear(128, 64)": "nn.Linear(128, 256)",
            "nn.Linear(64, 1)": "nn.Linear(256, 1)",
        },
    ),
    Mistake(
        "discriminator.layer_missing",
        "There are three Linear layers. How many arrows are there in 2 -> 256 -> 128 -> 64 -> 1?",
        edits={
            "            nn.Linear(128, 64),\n            nn.ReLU(),\n            nn.Dropout(0.3),\n": "",
            "nn.Linear(64, 1)": "nn.Linear(128, 1)",
        },
    ),
    Mistake(
        "discriminator.no_bias",
        "The layers have weights and no biases. "
        "What does the network answer at the origin, whatever it learns?",
        edits={
            "nn.Linear(2, 256)": "nn.Linear(2, 256, bias=False)",
            "nn.Linear(256, 128)": "nn.Linear(256, 128, bias=False)",
            "nn.Linear(128, 64)": "nn.Linear(128, 64, bias=False)",
            "nn.Linear(64, 1)": "nn.Linear(64, 1, bias=False)",
        },
    ),
    Mistake(
        "discriminator.squeezed",
        "The output has lost its last dimension. Which shape will the labels have that it is compared with?",
        edits={"self.model(points)": "self.model(points).squeeze()"},
    ),
    Mistake(
        "discriminator.layers_in_a_plain_list",
        "The network has no parameters for an optimiser to find. What kind of list does PyTorch look into?",
        edits={
            "nn.Sequential(\n": "[\n",
            "            nn.Sigmoid(),\n        )": "            nn.Sigmoid(),\n        ]",
            "        return self.model(points)": (
                "        for layer in self.model:\n            points = layer(points)\n        return points"
            ),
        },
    ),
    # ---------------------------------------------------------------- generator
    Mistake(
        "generator.tanh_output",
        "No coordinate leaves (-1, 1). "
        "How far along x1 does the curve go, and what should follow the last layer?",
        edits={"nn.Linear(32, 2),\n": "nn.Linear(32, 2),\n            nn.Tanh(),\n"},
    ),
    Mistake(
        "generator.sigmoid_output",
        "All coordinates lie between 0 and 1. Is a point of the plane a probability?",
        edits={"nn.Linear(32, 2),\n": "nn.Linear(32, 2),\n            nn.Sigmoid(),\n"},
    ),
    Mistake(
        "generator.relu_output",
        "No coordinate is negative. What does the sine do in the second half of its period?",
        edits={"nn.Linear(32, 2),\n": "nn.Linear(32, 2),\n            nn.ReLU(),\n"},
    ),
    Mistake(
        "generator.leaky_relu",
        "Negative values pass the hidden layers at a fifth of their size. "
        "Which activation does the text name?",
        edits={"nn.ReLU()": "nn.LeakyReLU(0.2)"},
    ),
    Mistake(
        "generator.one_activation_missing",
        "The second hidden layer goes straight into the last. "
        "After how many hidden layers should a ReLU stand?",
        edits={"nn.ReLU(),\n            nn.Linear(32, 2)": "nn.Linear(32, 2)"},
    ),
    Mistake(
        "generator.no_activations",
        "The output is a straight line in the latent sample. Can a straight line bend into a sine?",
        edits={"            nn.ReLU(),\n": ""},
    ),
    Mistake(
        "generator.widths_swapped",
        "The hidden layers have 32 and then 16 units. In which order does the text give the widths?",
        edits={
            "nn.Linear(2, 16)": "nn.Linear(2, 32)",
            "nn.Linear(16, 32)": "nn.Linear(32, 16)",
            "nn.Linear(32, 2)": "nn.Linear(16, 2)",
        },
    ),
    Mistake(
        "generator.layer_missing",
        "There are two Linear layers. How many arrows are there in 2 -> 16 -> 32 -> 2?",
        edits={
            "            nn.Linear(16, 32),\n            nn.ReLU(),\n": "",
            "nn.Linear(32, 2)": "nn.Linear(16, 2)",
        },
    ),
    Mistake(
        "generator.one_output",
        "There is one number for each latent sample. How many coordinates has a point of the plane?",
        edits={"nn.Linear(32, 2)": "nn.Linear(32, 1)"},
    ),
    Mistake(
        "generator.dropout",
        "The same latent sample gives different points in training mode. Which network is to have Dropout?",
        edits={"nn.ReLU(),\n": "nn.ReLU(),\n            nn.Dropout(0.3),\n"},
    ),
    Mistake(
        "generator.batch_norm",
        "A point depends on the rest of its batch. "
        "Does the text ask for a layer that looks at the whole batch?",
        edits={
            "nn.Linear(2, 16),\n": "nn.Linear(2, 16),\n            nn.BatchNorm1d(16),\n",
            "nn.Linear(16, 32),\n": "nn.Linear(16, 32),\n            nn.BatchNorm1d(32),\n",
        },
    ),
    Mistake(
        "generator.adds_noise",
        "The same latent sample gives a different point at each call. "
        "Where does the randomness of a GAN come from?",
        edits={
            "self.model(latent_space_samples)": (
                "self.model(latent_space_samples + 0.1 * torch.randn_like(latent_space_samples))"
            ),
        },
    ),
    Mistake(
        "generator.ignores_input",
        "The points do not depend on the latent samples that were passed in. Who should draw them?",
        edits={
            "self.model(latent_space_samples)": "self.model(torch.randn(len(latent_space_samples), 2))",
        },
    ),
    Mistake(
        "generator.detached",
        "The values are right, but no gradient comes back to the weights. "
        "What cuts the output off from its history?",
        edits={"self.model(latent_space_samples)": "self.model(latent_space_samples).detach()"},
    ),
    Mistake(
        "generator.squeezed",
        "A batch of one point comes back with shape (2,). Which dimensions does squeeze remove?",
        edits={"self.model(latent_space_samples)": "self.model(latent_space_samples).squeeze()"},
    ),
    # ---------------------------------------------------------------- discriminator_step
    Mistake(
        "discriminator_step.no_zero_grad",
        "These are exactly the numbers of an update with gradients left over from an earlier step. "
        "When must .grad be clean, and what does .backward() do to what is already there?",
        edits={"    optimizer_discriminator.zero_grad()\n": ""},
    ),
    Mistake(
        "discriminator_step.no_update",
        "The loss is right, but the weights are those from before. "
        "Is a step taken, and what does it find in .grad?",
        edits={"    optimizer_discriminator.step()\n": ""},
    ),
    Mistake(
        "discriminator_step.steps_twice",
        "The weights moved as if the optimiser had stepped twice. How many updates does one call make?",
        edits={
            "    optimizer_discriminator.step()\n": (
                "    optimizer_discriminator.step()\n    optimizer_discriminator.step()\n"
            ),
        },
    ),
    Mistake(
        "discriminator_step.two_updates",
        "There is one update for the real samples and another for the generated ones. "
        "Which loss should the single update follow?",
        code='''\
def discriminator_step(
    discriminator, generator, real_samples, latent_space_samples, loss_function, optimizer_discriminator
):
    n = len(real_samples)
    optimizer_discriminator.zero_grad()
    loss_real = loss_function(discriminator(real_samples), torch.ones(n, 1))
    loss_real.backward()
    optimizer_discriminator.step()

    optimizer_discriminator.zero_grad()
    generated_samples = generator(latent_space_samples).detach()
    loss_generated = loss_function(discriminator(generated_samples), torch.zeros(n, 1))
    loss_generated.backward()
    optimizer_discriminator.step()
    return ((loss_real + loss_generated) / 2).detach()
''',
    ),
    Mistake(
        "discriminator_step.evaluation_mode",
        "The discriminator judges in evaluation mode, without its dropout. Which mode belongs to training?",
        edits={
            "    optimizer_discriminator.zero_grad()\n": (
                "    discriminator.eval()\n    optimizer_discriminator.zero_grad()\n"
            ),
        },
    ),
    Mistake(
        "discriminator_step.labels_swapped",
        "The discriminator learns to call generated samples real. Which samples carry the label 1?",
        edits={
            "real_labels = torch.ones(": "real_labels = torch.zeros(",
            "generated_labels = torch.zeros(": "generated_labels = torch.ones(",
        },
    ),
    Mistake(
        "discriminator_step.all_labels_one",
        "Generated samples are labelled 1 too, so there is nothing to tell apart. Which label is theirs?",
        edits={"generated_labels = torch.zeros(": "generated_labels = torch.ones("},
    ),
    Mistake(
        "discriminator_step.all_labels_zero",
        "Real samples are labelled 0 too. "
        "Is the 0 of the training set the label that the discriminator learns from?",
        edits={"real_labels = torch.ones(": "real_labels = torch.zeros("},
    ),
    Mistake(
        "discriminator_step.smoothed_labels",
        "The real samples carry a label of 0.9. Does this lab smooth its labels?",
        edits={
            "real_labels = torch.ones(len(real_samples), 1)": (
                "real_labels = torch.full((len(real_samples), 1), 0.9)"
            ),
        },
    ),
    Mistake(
        "discriminator_step.sum_of_losses",
        "The loss is twice as large as it should be. "
        "Is it the mean over all 2N samples, or the sum of two means?",
        code='''\
def discriminator_step(
    discriminator, generator, real_samples, latent_space_samples, loss_function, optimizer_discriminator
):
    n = len(real_samples)
    generated_samples = generator(latent_space_samples).detach()
    optimizer_discriminator.zero_grad()
    loss_real = loss_function(discriminator(real_samples), torch.ones(n, 1))
    loss_generated = loss_function(discriminator(generated_samples), torch.zeros(n, 1))
    loss_discriminator = loss_real + loss_generated
    loss_discriminator.backward()
    optimizer_discriminator.step()
    return loss_discriminator.detach()
''',
    ),
    Mistake(
        "discriminator_step.only_real",
        "Only the real samples count. What would a discriminator learn that never sees a generated one?",
        edits={
            "torch.cat((real_samples, generated_samples))": "real_samples",
            "torch.cat((real_labels, generated_labels))": "real_labels",
        },
    ),
    Mistake(
        "discriminator_step.only_generated",
        "Only the generated samples count. What would a discriminator learn that never sees a real one?",
        edits={
            "torch.cat((real_samples, generated_samples))": "generated_samples",
            "torch.cat((real_labels, generated_labels))": "generated_labels",
        },
    ),
    Mistake(
        "discriminator_step.generator_in_the_graph",
        "The generator's .grad has changed. Where should the way back from the discriminator's loss end?",
        edits={
            "    with torch.no_grad():\n        generated_samples": "    generated_samples",
        },
    ),
    Mistake(
        "discriminator_step.clears_generator_gradients",
        "The generator's gradients have been cleared. Whose gradients belong to this step?",
        edits={
            "    optimizer_discriminator.zero_grad()\n": (
                "    optimizer_discriminator.zero_grad()\n    generator.zero_grad()\n"
            ),
        },
    ),
    Mistake(
        "discriminator_step.generator_left_in_eval",
        "The generator is in evaluation mode afterwards. In which mode did it come, and who sets it back?",
        edits={
            "    with torch.no_grad():\n": "    generator.eval()\n    with torch.no_grad():\n",
        },
    ),
    Mistake(
        "discriminator_step.generator_left_frozen",
        "The generator's requires_grad is off afterwards. How will its own step get gradients?",
        edits={
            "    with torch.no_grad():\n        generated_samples": (
                "    generator.requires_grad_(False)\n    generated_samples"
            ),
        },
    ),
    Mistake(
        "discriminator_step.everything_without_gradient",
        "The loss has no gradient to send back. Which of the two networks should run under no_grad?",
        edits={
            "    loss_discriminator = loss_function(discriminator(all_samples), all_labels)\n": (
                "    with torch.no_grad():\n"
                "        predictions = discriminator(all_samples)\n"
                "    loss_discriminator = loss_function(predictions, all_labels)\n"
            ),
        },
    ),
    Mistake(
        "discriminator_step.own_loss",
        "With another loss_function the numbers stay those of binary cross-entropy. "
        "Which loss was passed in?",
        edits={"loss_function(discriminator(": "nn.BCELoss()(discriminator("},
    ),
    Mistake(
        "discriminator_step.sigmoid_twice",
        "The probabilities went through a sigmoid once more. What does the discriminator return already?",
        edits={
            "loss_function(discriminator(all_samples), all_labels)": (
                "loss_function(torch.sigmoid(discriminator(all_samples)), all_labels)"
            ),
        },
    ),
    Mistake(
        "discriminator_step.gradient_ascent",
        "The loss has the opposite sign, and the step goes uphill. "
        "Does an optimiser make the loss smaller or larger?",
        edits={"= loss_function(": "= -loss_function("},
    ),
    Mistake(
        "discriminator_step.fixed_batch_size",
        "The labels are made for 32 samples. How many does the last batch of an epoch hold?",
        edits={
            "torch.ones(len(real_samples), 1)": "torch.ones(32, 1)",
            "torch.zeros(len(generated_samples), 1)": "torch.zeros(32, 1)",
        },
    ),
    Mistake(
        "discriminator_step.flat_labels",
        "The labels have one dimension fewer than the predictions. "
        "Which shape does the discriminator return?",
        edits={
            "torch.ones(len(real_samples), 1)": "torch.ones(len(real_samples))",
            "torch.zeros(len(generated_samples), 1)": "torch.zeros(len(generated_samples))",
        },
    ),
    Mistake(
        "discriminator_step.fresh_latents",
        "The same networks and samples give another loss each time. Where does chance come in: "
        "who draws the latents?",
        edits={
            "generator(latent_space_samples)": "generator(torch.randn_like(latent_space_samples))",
        },
    ),
    Mistake(
        "discriminator_step.latents_as_samples",
        "The latent samples went to the discriminator as they are. Which network turns them into points?",
        edits={"generator(latent_space_samples)": "latent_space_samples"},
    ),
    Mistake(
        "discriminator_step.own_optimizer",
        "The update is not that of the optimiser that was passed in. Where is the optimiser made?",
        edits={
            "    optimizer_discriminator.zero_grad()\n": (
                "    optimizer_discriminator = torch.optim.Adam(discriminator.parameters(), lr=0.001)\n"
                "    optimizer_discriminator.zero_grad()\n"
            ),
        },
    ),
    Mistake(
        "discriminator_step.loss_after_update",
        "This is the loss of the updated discriminator. Which loss did the update follow?",
        edits={
            "    return loss_discriminator.detach()": (
                "    return loss_function(discriminator(all_samples), all_labels).detach()"
            ),
        },
    ),
    Mistake(
        "discriminator_step.returns_nothing",
        "The update is right, and None comes back. What does the docstring say is returned?",
        edits={"    return loss_discriminator.detach()": ""},
    ),
    # ---------------------------------------------------------------- generator_step
    Mistake(
        "generator_step.no_zero_grad",
        "These are exactly the numbers of a step that never clears the gradients of the step before. "
        "What does .backward() do to a .grad that is already there?",
        edits={"    optimizer_generator.zero_grad()\n": ""},
    ),
    Mistake(
        "generator_step.no_update",
        "The loss is right, but the generator did not move. Does a gradient get back to it, "
        "and is a step taken while it is there?",
        edits={"discriminator(generated_samples)": "discriminator(generated_samples.detach())"},
    ),
    Mistake(
        "generator_step.steps_twice",
        "The weights moved as if the optimiser had stepped twice. How many updates does one call make?",
        edits={
            "    optimizer_generator.step()\n": (
                "    optimizer_generator.step()\n    optimizer_generator.step()\n"
            ),
        },
    ),
    Mistake(
        "generator_step.labels_zero",
        "The generator learns to be found out. "
        "What should the discriminator say of its samples, if it does well?",
        edits={"torch.ones(": "torch.zeros("},
    ),
    Mistake(
        "generator_step.saturating",
        "This is the minimax loss of the theory: labels 0 and the sign turned. "
        "Which label makes the gradient strong while the samples are bad?",
        edits={"torch.ones(": "torch.zeros(", "= loss_function(": "= -loss_function("},
    ),
    Mistake(
        "generator_step.gradient_ascent",
        "The loss has the opposite sign, and the step goes uphill. "
        "Does an optimiser make the loss smaller or larger?",
        edits={"= loss_function(": "= -loss_function("},
    ),
    Mistake(
        "generator_step.smoothed_labels",
        "The labels are 0.9. Does this lab smooth its labels?",
        edits={
            "torch.ones(len(latent_space_samples), 1)": "torch.full((len(latent_space_samples), 1), 0.9)",
        },
    ),
    Mistake(
        "generator_step.discriminator_without_gradient",
        "The loss has no gradient to send back. Through which network must it pass to reach the generator?",
        edits={
            "    loss_generator = loss_function(discriminator(generated_samples), real_labels)\n": (
                "    with torch.no_grad():\n"
                "        predictions = discriminator(generated_samples)\n"
                "    loss_generator = loss_function(predictions, real_labels)\n"
            ),
        },
    ),
    Mistake(
        "generator_step.discriminator_left_frozen",
        "The discriminator's requires_grad is off afterwards. How will it learn in its next step?",
        edits={
            "    optimizer_generator.zero_grad()\n": (
                "    discriminator.requires_grad_(False)\n    optimizer_generator.zero_grad()\n"
            ),
        },
    ),
    Mistake(
        "generator_step.discriminator_left_in_eval",
        "The discriminator is in evaluation mode afterwards. What becomes of its Dropout in the next step?",
        edits={
            "    optimizer_generator.zero_grad()\n": (
                "    discriminator.eval()\n    optimizer_generator.zero_grad()\n"
            ),
        },
    ),
    Mistake(
        "generator_step.moves_discriminator",
        "The discriminator's weights have changed in the generator's step. "
        "Which weights is this step to move?",
        edits={
            "    optimizer_generator.step()\n": (
                "    optimizer_generator.step()\n"
                "    with torch.no_grad():\n"
                "        for parameter in discriminator.parameters():\n"
                "            parameter -= 0.001 * parameter.grad\n"
            ),
        },
    ),
    Mistake(
        "generator_step.own_optimizer",
        "The update is not that of the optimiser that was passed in. Where is the optimiser made?",
        edits={
            "    optimizer_generator.zero_grad()\n": (
                "    optimizer_generator = torch.optim.Adam(generator.parameters(), lr=0.001)\n"
                "    optimizer_generator.zero_grad()\n"
            ),
        },
    ),
    Mistake(
        "generator_step.own_loss",
        "With another loss_function the numbers stay those of binary cross-entropy. "
        "Which loss was passed in?",
        edits={"loss_function(discriminator(": "nn.BCELoss()(discriminator("},
    ),
    Mistake(
        "generator_step.sigmoid_twice",
        "The probabilities went through a sigmoid once more. What does the discriminator return already?",
        edits={
            "loss_function(discriminator(generated_samples), real_labels)": (
                "loss_function(torch.sigmoid(discriminator(generated_samples)), real_labels)"
            ),
        },
    ),
    Mistake(
        "generator_step.fixed_batch_size",
        "The labels are made for 32 samples. How many does the last batch of an epoch hold?",
        edits={"torch.ones(len(latent_space_samples), 1)": "torch.ones(32, 1)"},
    ),
    Mistake(
        "generator_step.flat_labels",
        "The labels have one dimension fewer than the predictions. "
        "Which shape does the discriminator return?",
        edits={"torch.ones(len(latent_space_samples), 1)": "torch.ones(len(latent_space_samples))"},
    ),
    Mistake(
        "generator_step.fresh_latents",
        "The same networks and samples give another loss each time. Where does chance come in: "
        "who draws the latents?",
        edits={
            "generator(latent_space_samples)": "generator(torch.randn_like(latent_space_samples))",
        },
    ),
    Mistake(
        "generator_step.loss_after_update",
        "This is the loss of the updated generator. Which loss did the update follow?",
        edits={
            "    return loss_generator.detach()": (
                "    new_samples = generator(latent_space_samples)\n"
                "    return loss_function(discriminator(new_samples), real_labels).detach()"
            ),
        },
    ),
    Mistake(
        "generator_step.returns_nothing",
        "The update is right, and None comes back. What does the docstring say is returned?",
        edits={"    return loss_generator.detach()": ""},
    ),
    Mistake(
        "generator_step.returns_samples_too",
        "A tuple comes back, with more than the loss. What does the docstring say is returned?",
        edits={"loss_generator.detach()": "loss_generator.detach(), generated_samples.detach()"},
    ),
    # ---------------------------------------------------------------- train
    Mistake(
        "train.same_latents",
        "Both steps of a batch get the same latents. When should fresh ones be drawn?",
        edits={
            "latent_space_samples = torch.randn(len(real_samples), 2)\n            loss_generator": (
                "loss_generator"
            ),
        },
    ),
    Mistake(
        "train.batches_kept",
        "Every epoch goes through the batches of the first one. Who shuffles the samples anew, and when?",
        edits={
            "    for epoch in range(num_epochs):\n        for real_samples, _ in train_loader:": (
                "    batches = list(train_loader)\n"
                "    for epoch in range(num_epochs):\n        for real_samples, _ in batches:"
            ),
        },
    ),
    Mistake(
        "train.latents_reordered",
        "The generator learns from the discriminator's latents in another order. When should fresh ones be drawn?",
        edits={
            "latent_space_samples = torch.randn(len(real_samples), 2)\n            loss_generator": (
                "latent_space_samples = latent_space_samples.flip(0)\n            loss_generator"
            ),
        },
    ),
    Mistake(
        "train.latents_drawn_once",
        "The same latents come back in every batch. How often should new ones be drawn?",
        code='''\
def train(
    discriminator, generator, train_loader, loss_function, optimizer_discriminator, optimizer_generator,
    num_epochs, fixed_latent,
):
    history = {"loss_discriminator": [], "loss_generator": [], "samples": []}
    latents = torch.randn(10_000, 2)
    for epoch in range(num_epochs):
        for real_samples, _ in train_loader:
            z = latents[: len(real_samples)]
            loss_discriminator = discriminator_step(
                discriminator, generator, real_samples, z, loss_function, optimizer_discriminator
            )
            loss_generator = generator_step(discriminator, generator, z, loss_function, optimizer_generator)
            history["loss_discriminator"].append(float(loss_discriminator))
            history["loss_generator"].append(float(loss_generator))
        history["samples"].append(generator(fixed_latent).detach())
    return history
''',
    ),
    Mistake(
        "train.trains_on_fixed_latent",
        "The generator trains on fixed_latent itself. What are the fixed latents kept for?",
        edits={
            "discriminator, generator, latent_space_samples, loss_function, optimizer_generator": (
                "discriminator, generator, fixed_latent, loss_function, optimizer_generator"
            ),
        },
    ),
    Mistake(
        "train.fixed_batch_size",
        "There are 32 latents in every batch. How many samples does the last batch hold?",
        edits={"torch.randn(len(real_samples), 2)": "torch.randn(32, 2)"},
    ),
    Mistake(
        "train.uniform_latents",
        "No latent is negative, and none is above 1. Which of torch's functions draws from N(0, 1)?",
        edits={"torch.randn(": "torch.rand("},
    ),
    Mistake(
        "train.one_latent_coordinate",
        "The latents have one coordinate each. How many does the generator take?",
        edits={"torch.randn(len(real_samples), 2)": "torch.randn(len(real_samples), 1)"},
    ),
    Mistake(
        "train.generator_first",
        "In each batch the generator's step comes before the discriminator's. "
        "Which order does the text ask for?",
        code='''\
def train(
    discriminator, generator, train_loader, loss_function, optimizer_discriminator, optimizer_generator,
    num_epochs, fixed_latent,
):
    history = {"loss_discriminator": [], "loss_generator": [], "samples": []}
    for epoch in range(num_epochs):
        for real_samples, _ in train_loader:
            z = torch.randn(len(real_samples), 2)
            loss_generator = generator_step(discriminator, generator, z, loss_function, optimizer_generator)
            z = torch.randn(len(real_samples), 2)
            loss_discriminator = discriminator_step(
                discriminator, generator, real_samples, z, loss_function, optimizer_discriminator
            )
            history["loss_discriminator"].append(float(loss_discriminator))
            history["loss_generator"].append(float(loss_generator))
        history["samples"].append(generator(fixed_latent).detach())
    return history
''',
    ),
    Mistake(
        "train.generator_once_an_epoch",
        "The generator is updated once an epoch, the discriminator in every batch. "
        "Which lines belong in the inner loop?",
        code='''\
def train(
    discriminator, generator, train_loader, loss_function, optimizer_discriminator, optimizer_generator,
    num_epochs, fixed_latent,
):
    history = {"loss_discriminator": [], "loss_generator": [], "samples": []}
    for epoch in range(num_epochs):
        for real_samples, _ in train_loader:
            z = torch.randn(len(real_samples), 2)
            loss_discriminator = discriminator_step(
                discriminator, generator, real_samples, z, loss_function, optimizer_discriminator
            )
            history["loss_discriminator"].append(float(loss_discriminator))
        z = torch.randn(len(real_samples), 2)
        loss_generator = generator_step(discriminator, generator, z, loss_function, optimizer_generator)
        history["loss_generator"].append(float(loss_generator))
        history["samples"].append(generator(fixed_latent).detach())
    return history
''',
    ),
    Mistake(
        "train.optimizers_swapped",
        "Each step gets the other network's optimiser. Which optimiser holds which weights?",
        edits={
            "                optimizer_discriminator,\n": "                optimizer_generator,\n",
            "loss_function, optimizer_generator\n": "loss_function, optimizer_discriminator\n",
        },
    ),
    Mistake(
        "train.full_batches_only",
        "The smaller batch at the end of each epoch is left out. "
        "What would have to hold for it to be used too?",
        edits={
            "        for real_samples, _ in train_loader:\n": (
                "        for real_samples, _ in train_loader:\n"
                "            if len(real_samples) != train_loader.batch_size:\n"
                "                continue\n"
            ),
        },
    ),
    Mistake(
        "train.one_epoch_too_few",
        "There is one epoch fewer than asked for. "
        "At which number does the range start, and where does it stop?",
        edits={"range(num_epochs)": "range(1, num_epochs)"},
    ),
    Mistake(
        "train.returns_in_the_loop",
        "Training ends after the first epoch. How far is the return indented?",
        edits={"    return history": "        return history"},
    ),
    Mistake(
        "train.fixed_number_of_epochs",
        "There are 115 epochs whatever number is asked for. Which argument says how many?",
        edits={"range(num_epochs)": "range(115)"},
    ),
    Mistake(
        "train.reseeds",
        "Every run draws the same latents, whatever the seed outside. "
        "What happens to the random generator in here?",
        edits={
            "    history = {": "    torch.manual_seed(2023)\n    history = {",
        },
    ),
    Mistake(
        "train.samples_before_the_epoch",
        "The samples are those from before each epoch. Where in the loop does an epoch end?",
        code='''\
def train(
    discriminator, generator, train_loader, loss_function, optimizer_discriminator, optimizer_generator,
    num_epochs, fixed_latent,
):
    history = {"loss_discriminator": [], "loss_generator": [], "samples": []}
    for epoch in range(num_epochs):
        history["samples"].append(generator(fixed_latent).detach())
        for real_samples, _ in train_loader:
            z = torch.randn(len(real_samples), 2)
            loss_discriminator = discriminator_step(
                discriminator, generator, real_samples, z, loss_function, optimizer_discriminator
            )
            z = torch.randn(len(real_samples), 2)
            loss_generator = generator_step(discriminator, generator, z, loss_function, optimizer_generator)
            history["loss_discriminator"].append(float(loss_discriminator))
            history["loss_generator"].append(float(loss_generator))
    return history
''',
    ),
    Mistake(
        "train.samples_every_batch",
        "There is one set of samples for each batch. How many pictures should the animation have?",
        edits={
            "        with torch.no_grad():\n            history": (
                "            with torch.no_grad():\n                history"
            ),
        },
    ),
    Mistake(
        "train.samples_at_the_end_only",
        "There is one set of samples, from the end of training. How many epochs should the animation show?",
        edits={
            "        with torch.no_grad():\n            history": (
                "    with torch.no_grad():\n        history"
            ),
        },
    ),
    Mistake(
        "train.samples_from_fresh_latents",
        "The samples come from new latents each time. What lets you follow one point over the epochs?",
        edits={"generator(fixed_latent)": "generator(torch.randn_like(fixed_latent))"},
    ),
    Mistake(
        "train.samples_attached",
        "The samples still hang on their graph. "
        "What does keeping every graph cost, and what is needed of them later?",
        edits={
            "        with torch.no_grad():\n            history": "        history",
        },
    ),
    Mistake(
        "train.losses_as_tensors",
        "The losses are tensors. What turns a tensor with one element into a Python number?",
        edits={
            "float(loss_discriminator)": "loss_discriminator",
            "float(loss_generator)": "loss_generator",
        },
    ),
    Mistake(
        "train.mean_loss_per_epoch",
        "There is one averaged loss for each epoch. How many entries does the docstring ask for?",
        edits={
            "        for real_samples, _ in train_loader:\n": (
                "        losses_d, losses_g = [], []\n        for real_samples, _ in train_loader:\n"
            ),
            'history["loss_discriminator"].append(float(loss_discriminator))': (
                "losses_d.append(float(loss_discriminator))"
            ),
            'history["loss_generator"].append(float(loss_generator))': (
                "losses_g.append(float(loss_generator))"
            ),
            "        with torch.no_grad():\n": (
                '        history["loss_discriminator"].append(sum(losses_d) / len(losses_d))\n'
                '        history["loss_generator"].append(sum(losses_g) / len(losses_g))\n'
                "        with torch.no_grad():\n"
            ),
        },
    ),
    Mistake(
        "train.last_loss_per_epoch",
        "Only the loss of each epoch's last batch is kept. In which of the two loops should it be noted?",
        edits={
            '            history["loss_discriminator"]': '        history["loss_discriminator"]',
            '            history["loss_generator"]': '        history["loss_generator"]',
        },
    ),
    Mistake(
        "train.losses_swapped",
        "Each list holds the other network's losses. Which loss goes under which key?",
        edits={
            '["loss_discriminator"].append(float(loss_discriminator))': (
                '["loss_discriminator"].append(float(loss_generator))'
            ),
            '["loss_generator"].append(float(loss_generator))': (
                '["loss_generator"].append(float(loss_discriminator))'
            ),
        },
    ),
    Mistake(
        "train.other_keys",
        "The keys have other names. Which three does the docstring give?",
        edits={
            '"loss_discriminator"': '"discriminator_loss"',
            '"loss_generator"': '"generator_loss"',
        },
    ),
    Mistake(
        "train.returns_tuple",
        "Three lists come back in a tuple. What does the docstring say holds them?",
        edits={"return history": "return tuple(history.values())"},
    ),
    # ---------------------------------------------------------------- curve_distance
    Mistake(
        "curve_distance.no_clamp",
        "Beyond 0 and 2π the sine goes on, as if the curve had no ends. What is c for such a sample?",
        edits={"x1.clamp(0, 2 * math.pi)": "x1"},
    ),
    Mistake(
        "curve_distance.vertical_only",
        "The distance to the ends of the curve is missing. Which of the formula's two parts is horizontal?",
        edits={" + (x1 - c).abs()": ""},
    ),
    Mistake(
        "curve_distance.no_absolute_value",
        "Some distances are negative. What do the bars, or abs, in the formula do?",
        edits={"(x2 - torch.sin(c)).abs() + (x1 - c).abs()": "(x2 - torch.sin(c)) + (x1 - c)"},
    ),
    Mistake(
        "curve_distance.absolute_value_of_the_sum",
        "A point below the curve and beyond its end comes out too close. "
        "Is it the absolute value of a sum, or a sum of them?",
        edits={"(x2 - torch.sin(c)).abs() + (x1 - c).abs()": "((x2 - torch.sin(c)) + (x1 - c)).abs()"},
    ),
    Mistake(
        "curve_distance.euclidean",
        "The two parts are combined as the sides of a right triangle. How does the formula combine them?",
        edits={
            "(x2 - torch.sin(c)).abs() + (x1 - c).abs()": (
                "torch.sqrt((x2 - torch.sin(c)) ** 2 + (x1 - c) ** 2)"
            ),
        },
    ),
    Mistake(
        "curve_distance.squared",
        "The parts are squared. What does the formula take of each difference?",
        edits={
            "(x2 - torch.sin(c)).abs() + (x1 - c).abs()": "(x2 - torch.sin(c)) ** 2 + (x1 - c) ** 2",
        },
    ),
    Mistake(
        "curve_distance.sine_of_unclamped",
        "Beyond the ends the height is compared with sin(x1). "
        "At which point of the curve does the formula take it?",
        edits={"torch.sin(c)": "torch.sin(x1)"},
    ),
    Mistake(
        "curve_distance.wrapped",
        "Samples beyond the ends are moved by whole periods. "
        "Does the formula wrap x1 around, or hold it at the end?",
        edits={"x1.clamp(0, 2 * math.pi)": "x1 % (2 * math.pi)"},
    ),
    Mistake(
        "curve_distance.half_period",
        "c stops at π. Where does the curve of this lab end?",
        edits={"2 * math.pi": "math.pi"},
    ),
    Mistake(
        "curve_distance.changes_input",
        "The samples themselves were clamped. What does the underscore at the end of a method's name say?",
        edits={"x1.clamp(": "x1.clamp_("},
    ),
    Mistake(
        "curve_distance.columns_swapped",
        "x1 and x2 have changed places. Which column holds x1?",
        edits={"samples[:, 0], samples[:, 1]": "samples[:, 1], samples[:, 0]"},
    ),
    Mistake(
        "curve_distance.rows_unpacked",
        "The samples are taken apart along their rows. Along which dimension do x1 and x2 lie?",
        edits={"samples[:, 0], samples[:, 1]": "samples"},
    ),
    Mistake(
        "curve_distance.column_shape",
        "The distances have shape (N, 1). What does samples[:, 0] give, and what samples[:, 0:1]?",
        edits={"samples[:, 0], samples[:, 1]": "samples[:, 0:1], samples[:, 1:2]"},
    ),
    Mistake(
        "curve_distance.mean",
        "One number comes back for all samples. Whose distance is asked for?",
        edits={"(x1 - c).abs()": "(x1 - c).abs()).mean()", "return (x2": "return ((x2"},
    ),
    # ---------------------------------------------------------------- coverage
    Mistake(
        "coverage.share_of_samples",
        "This is the share of the samples that lie close to the curve. "
        "What is counted here, samples or parts?",
        edits={"len(parts.unique()) / bins": "len(parts) / len(samples)"},
    ),
    Mistake(
        "coverage.no_tolerance",
        "Samples far above or below the curve cover it too. Where does the tolerance come in?",
        edits={"(curve_distance(samples) < tolerance) & ": ""},
    ),
    Mistake(
        "coverage.one_sided_tolerance",
        "Samples far below the curve count as close. "
        "What does the sign of a difference say about how large it is?",
        edits={"curve_distance(samples) < tolerance": "samples[:, 1] - torch.sin(x1) < tolerance"},
    ),
    Mistake(
        "coverage.fixed_bins",
        "There are 20 parts whatever number is asked for. Which argument says how many?",
        edits={"* bins": "* 20", "bins - 1": "20 - 1", "/ bins": "/ 20"},
    ),
    Mistake(
        "coverage.fixed_tolerance",
        "The tolerance is 0.2 whatever is asked for. Which argument holds it?",
        edits={"< tolerance": "< 0.2"},
    ),
    Mistake(
        "coverage.outside_in_end_parts",
        "Samples left of 0 or right of 2π cover the first and the last part. "
        "Does the docstring give them a part?",
        edits={" & (x1 >= 0) & (x1 < 2 * math.pi)": ""},
    ),
    Mistake(
        "coverage.counts_outside_parts",
        "Samples outside [0, 2π) add parts of their own, so the share can exceed 1. Which x1 count?",
        edits={
            " & (x1 >= 0) & (x1 < 2 * math.pi)": "",
            ".long().clamp(max=bins - 1)": ".floor()",
        },
    ),
    Mistake(
        "coverage.wraps_around",
        "A sample just left of 0 covers the last part. What does a negative index mean in Python?",
        code='''\
def coverage(samples, bins=20, tolerance=0.2):
    covered = torch.zeros(bins, dtype=torch.bool)
    for sample, distance in zip(samples, curve_distance(samples)):
        part = math.floor(sample[0].item() / (2 * math.pi) * bins)
        if distance < tolerance and part < bins:
            covered[part] = True
    return covered.sum().item() / bins
''',
    ),
    Mistake(
        "coverage.rounded",
        "The parts are off by half a width. "
        "Which way must a position be rounded to find the part it lies in?",
        edits={"* bins).long()": "* bins).round().long()"},
    ),
    Mistake(
        "coverage.too_few_edges",
        "There is one part fewer than asked for. How many edges do n parts have?",
        code='''\
def coverage(samples, bins=20, tolerance=0.2):
    x1 = samples[:, 0]
    close = curve_distance(samples) < tolerance
    edges = torch.linspace(0, 2 * math.pi, bins)
    covered = 0
    for left, right in zip(edges[:-1], edges[1:]):
        covered += bool((close & (x1 >= left) & (x1 < right)).any())
    return covered / bins
''',
    ),
    Mistake(
        "coverage.range_of_the_samples",
        "The parts stretch from the smallest to the largest x1 of the samples. What should they divide?",
        code='''\
def coverage(samples, bins=20, tolerance=0.2):
    close_x1 = samples[curve_distance(samples) < tolerance, 0]
    counts = torch.histc(close_x1, bins=bins)
    return (counts > 0).sum().item() / bins
''',
    ),
    Mistake(
        "coverage.unit_interval",
        "The parts divide [0, 1). Which interval of x1 does the curve span?",
        code='''\
def coverage(samples, bins=20, tolerance=0.2):
    close_x1 = samples[curve_distance(samples) < tolerance, 0]
    counts = torch.histc(close_x1, bins=bins, min=0, max=1)
    return (counts > 0).sum().item() / bins
''',
    ),
    Mistake(
        "coverage.centred_interval",
        "The parts divide [-π, π). Where does the curve of this lab start?",
        code='''\
def coverage(samples, bins=20, tolerance=0.2):
    close_x1 = samples[curve_distance(samples) < tolerance, 0]
    counts = torch.histc(close_x1, bins=bins, min=-math.pi, max=math.pi)
    return (counts > 0).sum().item() / bins
''',
    ),
    Mistake(
        "coverage.mean_distance_of_the_part",
        "A part with one close and some far samples does not count. Is it enough that one sample is close?",
        code='''\
def coverage(samples, bins=20, tolerance=0.2):
    distances = curve_distance(samples)
    part = torch.floor(samples[:, 0] / (2 * math.pi) * bins)
    covered = 0
    for k in range(bins):
        inside = distances[part == k]
        if len(inside) > 0 and inside.mean() < tolerance:
            covered += 1
    return covered / bins
''',
    ),
    Mistake(
        "coverage.percent",
        "The number is a hundred times too large. Between which bounds does a share lie?",
        edits={"len(parts.unique()) / bins": "100 * len(parts.unique()) / bins"},
    ),
    Mistake(
        "coverage.count",
        "This is the number of covered parts. What turns a number into a share?",
        edits={"len(parts.unique()) / bins": "len(parts.unique())"},
    ),
    Mistake(
        "coverage.tensor",
        "The value is right, in a tensor. What turns a tensor with one element into a Python number?",
        edits={"len(parts.unique()) / bins": "torch.tensor(len(parts.unique()) / bins)"},
    ),
]
