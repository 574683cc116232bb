"""Wrong solutions of the pitfalls lab that people really write: each loses marks, and the message names it.

A mistake belongs to the exercise that its id begins with. It is either a few edits of the lab's own
solution cell (text -> replacement, at every occurrence) or a whole cell. Its sentence is shown to a
student whose responses equal those of the mistake.
"""

from autograder.course.catalogue import Mistake

MISTAKES = [
    # ---------------------------------------------------------------- xy_game
    Mistake(
        "xy_game.simultaneous",
        "x answers the y from before the step, so both players move at once. "
        "What does x see, if y has moved already?",
        edits={
            "        y = y + lr * x\n        x = x - lr * y\n": "        x, y = x - lr * y, y + lr * x\n",
        },
    ),
    Mistake(
        "xy_game.x_first",
        "The players do take turns, but x makes the first move. Whose turn does the docstring name first?",
        edits={"y = y + lr * x\n        x = x - lr * y": "x = x - lr * y\n        y = y + lr * x"},
    ),
    Mistake(
        "xy_game.both_descend",
        "Both players go down their slopes. Which of the two wants x·y to be large?",
        edits={"y + lr * x": "y - lr * x"},
    ),
    Mistake(
        "xy_game.roles_swapped",
        "x goes up and y goes down. Over which of them is the minimum taken, and over which the maximum?",
        edits={"y + lr * x": "y - lr * x", "x - lr * y": "x + lr * y"},
    ),
    Mistake(
        "xy_game.lr_ignored",
        "The moves have the same length whatever the learning rate. Which argument sets how far one goes?",
        edits={"lr * ": ""},
    ),
    Mistake(
        "xy_game.start_missing",
        "The list begins after the first step. Which pair stands at its head, by the docstring?",
        edits={"path = [(float(x), float(y))]": "path = []"},
    ),
    Mistake(
        "xy_game.one_step_too_many",
        "There is one pair more than there should be. The start counts as a pair; how many steps follow it?",
        edits={"range(steps)": "range(steps + 1)"},
    ),
    Mistake(
        "xy_game.one_move_per_step",
        "In every other step x stands still, and in those between y does. How many players does a step move?",
        code="""\
def xy_game(x, y, steps, lr=1.0):
    path = [(float(x), float(y))]
    for step in range(steps):
        if step % 2 == 0:
            y = y + lr * x
        else:
            x = x - lr * y
        path.append((float(x), float(y)))
    return path
""",
    ),
    Mistake(
        "xy_game.pairs_turned",
        "y comes first in the pairs. Whose number does the docstring put in front?",
        edits={"(float(x), float(y))": "(float(y), float(x))"},
    ),
    Mistake(
        "xy_game.as_they_came",
        "A start given as whole numbers stays one in the list. Which type should all the numbers have?",
        edits={"(float(x), float(y))": "(x, y)"},
    ),
    Mistake(
        "xy_game.one_list_many_times",
        "All entries of the list are the same. Is a new pair added at each step, or the same list once more?",
        code="""\
def xy_game(x, y, steps, lr=1.0):
    state = [float(x), float(y)]
    path = [state]
    for _ in range(steps):
        state[1] += lr * state[0]
        state[0] -= lr * state[1]
        path.append(state)
    return path
""",
    ),
    Mistake(
        "xy_game.gradients_pile_up",
        "The moves grow with each step, as if all slopes so far counted. "
        "What is in .grad when backward is called a second time?",
        code="""\
def xy_game(x, y, steps, lr=1.0):
    x = torch.tensor(float(x), requires_grad=True)
    y = torch.tensor(float(y), requires_grad=True)
    path = [(x.item(), y.item())]
    for _ in range(steps):
        (x * y).backward()
        with torch.no_grad():
            y += lr * y.grad
        (x * y).backward()
        with torch.no_grad():
            x -= lr * x.grad
        path.append((x.item(), y.item()))
    return path
""",
    ),
    Mistake(
        "xy_game.rounded_on_the_way",
        "The numbers are rounded before the next step uses them. What becomes of a start close to (0, 0)?",
        edits={"        path.append": "        x, y = round(x, 4), round(y, 4)\n        path.append"},
    ),
    Mistake(
        "xy_game.stops_near_the_middle",
        "Close to (0, 0) the list is too short. Does the game know that somebody waits for it to end there?",
        edits={
            "    for _ in range(steps):\n": (
                "    for _ in range(steps):\n        if abs(x) + abs(y) < 0.01:\n            break\n"
            ),
        },
    ),
    Mistake(
        "xy_game.kept_in_a_box",
        "No number gets beyond 10. Who has put up a wall there?",
        edits={"y = y + lr * x\n": "y = max(-10.0, min(10.0, y + lr * x))\n"},
    ),
    Mistake(
        "xy_game.one_list_for_all_games",
        "A second game writes over the path of the first. Where is the list made, and how often?",
        code="""\
path = []


def xy_game(x, y, steps, lr=1.0):
    path.clear()
    path.append((float(x), float(y)))
    for _ in range(steps):
        y = y + lr * x
        x = x - lr * y
        path.append((float(x), float(y)))
    return path
""",
    ),
    Mistake(
        "xy_game.remembers_the_start",
        "From a start that it has met before the game takes the old path, whatever lr says. "
        "On what does a path depend?",
        code="""\
known = {}


def xy_game(x, y, steps, lr=1.0):
    key = (float(x), float(y), steps)
    if key not in known:
        known[key] = [(float(x), float(y))]
        for _ in range(steps):
            y = y + lr * x
            x = x - lr * y
            known[key].append((float(x), float(y)))
    return known[key]
""",
    ),
    # ---------------------------------------------------------------- optimal_discriminator
    Mistake(
        "optimal_discriminator.for_generated",
        "The answer is high where the generator's density is. Which samples should the discriminator call real?",
        edits={"p_data / total": "p_g / total"},
    ),
    Mistake(
        "optimal_discriminator.ratio",
        "Some answers exceed 1: this is the ratio of the two densities. Between which bounds does D(x) lie?",
        code="""\
def optimal_discriminator(p_data, p_g):
    both_zero = (p_data == 0) & (p_g == 0)
    return torch.where(both_zero, 0.5, p_data / p_g)
""",
    ),
    Mistake(
        "optimal_discriminator.nothing_over_nothing",
        "Where both densities are 0 the answer is NaN. Which value does the docstring give it there?",
        edits={
            "torch.where(total > 0, p_data / total.where(total > 0, 1.0), 0.5)": "p_data / total",
        },
    ),
    Mistake(
        "optimal_discriminator.small_number_below",
        "Where both densities are 0 the answer is 0, and where both are tiny it is far too small. "
        "What does a small number that is added below do there?",
        edits={
            "torch.where(total > 0, p_data / total.where(total > 0, 1.0), 0.5)": "p_data / (total + 1e-8)",
        },
    ),
    Mistake(
        "optimal_discriminator.small_number_in_both",
        "Far out, where both densities are tiny, all answers come close to one half. "
        "How large is the number that was added, beside such a density?",
        edits={
            "torch.where(total > 0, p_data / total.where(total > 0, 1.0), 0.5)": (
                "(p_data + 1e-6) / (total + 2e-6)"
            ),
        },
    ),
    Mistake(
        "optimal_discriminator.zero_for_nothing",
        "Where both densities are 0 the answer is 0, as if all were generated. "
        "What can be said where there is no sample of either kind?",
        edits={", 0.5)": ", 0.0)"},
    ),
    Mistake(
        "optimal_discriminator.half_at_any_zero",
        "The answer is one half as soon as one of the densities is 0. "
        "How many of them must be 0 for the case that the docstring names?",
        edits={"torch.where(total > 0,": "torch.where((p_data > 0) & (p_g > 0),"},
    ),
    Mistake(
        "optimal_discriminator.normalised_first",
        "Each density was divided by its own sum. What does the docstring say about normalising?",
        edits={
            "    total = p_data + p_g\n": (
                "    p_data, p_g = p_data / p_data.sum(), p_g / p_g.sum()\n    total = p_data + p_g\n"
            ),
        },
    ),
    Mistake(
        "optimal_discriminator.sigmoid_of_difference",
        "This is the sigmoid of the difference of the densities. "
        "For which two numbers is D* the sigmoid of a difference?",
        code="""\
def optimal_discriminator(p_data, p_g):
    return torch.sigmoid(p_data - p_g)
""",
    ),
    Mistake(
        "optimal_discriminator.one_if_for_all",
        "A Python `if` asks for one truth value, and these are many. "
        "Which function of torch chooses element by element?",
        code="""\
def optimal_discriminator(p_data, p_g):
    if p_data + p_g == 0:
        return 0.5
    return p_data / (p_data + p_g)
""",
    ),
    Mistake(
        "optimal_discriminator.sum_in_place",
        "The tensor `p_data` holds other numbers after the call. "
        "Do two names for one tensor make two tensors?",
        edits={"    total = p_data + p_g\n": "    total = p_data\n    total += p_g\n"},
    ),
    Mistake(
        "optimal_discriminator.tiny_taken_for_nothing",
        "Where both densities are tiny the answer is 0.5. Is there anything that tells tiny from zero but zero itself?",
        edits={"total > 0": "total > 1e-20"},
    ),
    Mistake(
        "optimal_discriminator.answer_kept",
        "A second pair of the same shape gets the first one's answer. On what does an answer depend?",
        code="""\
answers = {}


def optimal_discriminator(p_data, p_g):
    if p_data.shape not in answers:
        total = p_data + p_g
        answers[p_data.shape] = torch.where(total > 0, p_data / total.where(total > 0, 1.0), 0.5)
    return answers[p_data.shape]
""",
    ),
    Mistake(
        "optimal_discriminator.asks_for_a_gradient",
        "The density that was passed in requires a gradient afterwards. To whom does it belong?",
        edits={
            "    total = p_data + p_g\n": "    p_data.requires_grad_()\n    total = (p_data + p_g).detach()\n"
        },
    ),
    Mistake(
        "optimal_discriminator.flattened_by_view",
        "view can't flatten a tensor whose memory is not in order. Is there any need to flatten it?",
        code="""\
def optimal_discriminator(p_data, p_g):
    one, other = p_data.view(-1), p_g.view(-1)
    total = one + other
    return torch.where(total > 0, one / total.where(total > 0, 1.0), 0.5).view(p_data.shape)
""",
    ),
    # ---------------------------------------------------------------- js_divergence
    Mistake(
        "js_divergence.bits",
        "The largest value is 1, so this is in bits. Which logarithm counts in nats?",
        edits={"(kl[0] + kl[1]) / 2": "(kl[0] + kl[1]) / 2 / torch.log(torch.tensor(2.0))"},
    ),
    Mistake(
        "js_divergence.not_halved",
        "The value is twice as large as it should be. With which weights do the two divergences enter?",
        edits={"(kl[0] + kl[1]) / 2": "kl[0] + kl[1]"},
    ),
    Mistake(
        "js_divergence.sum_as_middle",
        "For two equal distributions the value is negative. Does what stands in the middle sum to 1?",
        edits={"(p + q) / 2": "p + q"},
    ),
    Mistake(
        "js_divergence.kullback_leibler",
        "This is the Kullback-Leibler divergence of p from q, "
        "which is infinite where only q is 0. With what should p be compared?",
        edits={
            "return (kl[0] + kl[1]) / 2": (
                "return torch.special.xlogy(p, p / q.where((p > 0) | (q > 0), 1.0)).sum()"
            ),
        },
    ),
    Mistake(
        "js_divergence.nothing_times_infinity",
        "Zeros in p or q make the value NaN. What is 0 · log 0 for a computer, and what should it count as?",
        edits={
            "torch.special.xlogy(one, one / middle.where(middle > 0, 1.0))": (
                "(one * torch.log(one / middle))"
            ),
        },
    ),
    Mistake(
        "js_divergence.shared_places_only",
        "Places where one of the two is 0 are left out, "
        "so that distributions which never meet are at no distance. What do these places add?",
        edits={
            "    middle = ": "    both = (p > 0) & (q > 0)\n    p, q = p[both], q[both]\n    middle = ",
        },
    ),
    Mistake(
        "js_divergence.kl_div_turned",
        "The middle is compared with p and q, and not the other way round. "
        "Which argument of F.kl_div comes as a logarithm?",
        code="""\
def js_divergence(p, q):
    middle = (p + q) / 2
    left = F.kl_div(p.log(), middle, reduction="sum")
    right = F.kl_div(q.log(), middle, reduction="sum")
    return (left + right) / 2
""",
    ),
    Mistake(
        "js_divergence.mean_over_places",
        "The value was divided by the number of places. Is a divergence a sum over the places, or a mean?",
        edits={".sum()": ".mean()"},
    ),
    Mistake(
        "js_divergence.distance",
        "This is the square root of the divergence, which some libraries call its distance. "
        "Which of the two is asked for?",
        edits={"return (kl[0] + kl[1]) / 2": "return ((kl[0] + kl[1]) / 2).clamp(min=0).sqrt()"},
    ),
    Mistake(
        "js_divergence.value_of_the_game",
        "This is what the generator's loss comes to against D*, twice the divergence less log 4. "
        "Which part of it is the divergence itself?",
        edits={"(kl[0] + kl[1]) / 2": "kl[0] + kl[1] - torch.log(torch.tensor(4.0))"},
    ),
    Mistake(
        "js_divergence.python_number",
        "The value is right, but it is a Python number. Which type does the docstring ask for?",
        edits={"return (kl[0] + kl[1]) / 2": "return ((kl[0] + kl[1]) / 2).item()"},
    ),
    Mistake(
        "js_divergence.small_probabilities_left_out",
        "Places with a probability of one in ten thousand are left out. Do they add nothing, or only little?",
        edits={"    middle = ": "    p, q = p * (p > 1e-4), q * (q > 1e-4)\n    middle = "},
    ),
    Mistake(
        "js_divergence.asks_for_a_gradient",
        "The distribution that was passed in requires a gradient afterwards. To whom does it belong?",
        edits={"    middle = (p + q) / 2": "    p.requires_grad_()\n    middle = (p + q) / 2"},
    ),
    # ---------------------------------------------------------------- generator_gradients
    Mistake(
        "generator_gradients.swapped",
        "Each gradient stands in the other one's place. Which of the two is close to 0 at a logit of -8?",
        edits={
            "-torch.sigmoid(logits), -torch.sigmoid(-logits)": (
                "-torch.sigmoid(-logits), -torch.sigmoid(logits)"
            ),
        },
    ),
    Mistake(
        "generator_gradients.sizes_only",
        "The sizes are right and the signs are not. Which way do both losses go when the logit rises?",
        edits={"-torch.sigmoid(logits), -torch": "torch.sigmoid(logits), torch"},
    ),
    Mistake(
        "generator_gradients.label_zero",
        "The saturating gradient points the other way: with the label 0 it is the discriminator's loss. "
        "What does the generator do with that loss?",
        edits={"-torch.sigmoid(logits),": "torch.sigmoid(logits),"},
    ),
    Mistake(
        "generator_gradients.losses",
        "These are the losses. What is asked for is how they change with the logit; what is their derivative?",
        edits={
            "-torch.sigmoid(logits), -torch.sigmoid(-logits)": "F.logsigmoid(-logits), -F.logsigmoid(logits)",
        },
    ),
    Mistake(
        "generator_gradients.by_probability",
        "These are derivatives by the probability D. Between D and the logit stands a function; what is its slope?",
        edits={
            "-torch.sigmoid(logits), -torch.sigmoid(-logits)": (
                "-1 / (1 - torch.sigmoid(logits)), -1 / torch.sigmoid(logits)"
            ),
        },
    ),
    Mistake(
        "generator_gradients.of_the_mean",
        "The gradients shrink when there are more logits. "
        "Whose loss is each entry the derivative of, its own or the batch's mean?",
        code="""\
def generator_gradients(logits):
    leaf = logits.detach().clone().requires_grad_()
    (saturating,) = torch.autograd.grad(F.logsigmoid(-leaf).mean(), leaf)
    (non_saturating,) = torch.autograd.grad(-F.logsigmoid(leaf).mean(), leaf)
    return saturating, non_saturating
""",
    ),
    Mistake(
        "generator_gradients.piled_up",
        "The second gradient contains the first. What is in .grad when backward is called again?",
        code="""\
def generator_gradients(logits):
    leaf = logits.detach().clone().requires_grad_()
    F.logsigmoid(-leaf).sum().backward()
    saturating = leaf.grad.clone()
    (-F.logsigmoid(leaf)).sum().backward()
    return saturating, leaf.grad
""",
    ),
    Mistake(
        "generator_gradients.overflow",
        "Large logits give NaN. What is exp(100) in float32, and what is that divided by itself?",
        code="""\
def generator_gradients(logits):
    D = torch.exp(logits) / (1 + torch.exp(logits))
    return -D, -(1 - D)
""",
    ),
    Mistake(
        "generator_gradients.log_of_a_rounded_sigmoid",
        "Large logits give NaN. Which value does the sigmoid round to there, and what is the logarithm's slope?",
        code="""\
def generator_gradients(logits):
    leaf = logits.detach().clone().requires_grad_()
    (saturating,) = torch.autograd.grad(torch.log(1 - torch.sigmoid(leaf)).sum(), leaf)
    (non_saturating,) = torch.autograd.grad(-torch.log(torch.sigmoid(leaf)).sum(), leaf)
    return saturating, non_saturating
""",
    ),
    Mistake(
        "generator_gradients.small_number_in_the_logarithm",
        "Nothing is NaN, but beyond logits of about 18 gradients vanish that should be close to -1. "
        "What does a number added inside the logarithm do to its slope?",
        code="""\
def generator_gradients(logits):
    leaf = logits.detach().clone().requires_grad_()
    D = torch.sigmoid(leaf)
    (saturating,) = torch.autograd.grad(torch.log(1 - D + 1e-8).sum(), leaf, retain_graph=True)
    (non_saturating,) = torch.autograd.grad(-torch.log(D + 1e-8).sum(), leaf)
    return saturating, non_saturating
""",
    ),
    Mistake(
        "generator_gradients.in_place",
        "The logits themselves have changed. What does an underscore at the end of a method's name mean?",
        code="""\
def generator_gradients(logits):
    D = logits.sigmoid_()
    return -D, -(1 - D)
""",
    ),
    Mistake(
        "generator_gradients.logits_made_a_leaf",
        "The logits that were passed in require a gradient afterwards. What could be asked for it in their place?",
        code="""\
def generator_gradients(logits):
    logits.requires_grad_()
    (saturating,) = torch.autograd.grad(F.logsigmoid(-logits).sum(), logits)
    (non_saturating,) = torch.autograd.grad(-F.logsigmoid(logits).sum(), logits)
    return saturating, non_saturating
""",
    ),
    Mistake(
        "generator_gradients.answer_kept",
        "Other logits of the same shape get the first ones' answer. On what does an answer depend?",
        code="""\
answers = {}


def generator_gradients(logits):
    if logits.shape not in answers:
        answers[logits.shape] = -torch.sigmoid(logits), -torch.sigmoid(-logits)
    return answers[logits.shape]
""",
    ),
    # ---------------------------------------------------------------- cost_network
    Mistake(
        "cost_network.mean_over_the_batch",
        "There is one cost for the whole batch. Over which dimension should the mean be taken?",
        edits={".mean(dim=1)": ".mean()"},
    ),
    Mistake(
        "cost_network.summed",
        "The cost grows with the number of coordinates. Is the sum asked for, or the mean?",
        edits={".mean(dim=1)": ".sum(dim=1)"},
    ),
    Mistake(
        "cost_network.root",
        "This is the root of the mean squared error. Which of the two does the docstring name?",
        edits={".mean(dim=1)": ".mean(dim=1).sqrt()"},
    ),
    Mistake(
        "cost_network.column",
        "The costs have shape (N, 1). Which shape does the docstring ask for?",
        edits={"mean(dim=1)": "mean(dim=1, keepdim=True)"},
    ),
    Mistake(
        "cost_network.squeezed",
        "The cost of a batch of one has no dimension left. Which dimensions does squeeze remove?",
        edits={".mean(dim=1)": ".mean(dim=1).squeeze()"},
    ),
    Mistake(
        "cost_network.target_detached",
        "The gradient to a sample passes through the network only. "
        "In how many places does the sample stand in the cost, and who will follow this gradient?",
        edits={" - samples)": " - samples.detach())"},
    ),
    Mistake(
        "cost_network.no_gradient_to_weights",
        "The weights get no gradient. What is switched off while the reconstruction is made?",
        edits={
            "        return (self.autoencoder(samples) - samples)": (
                "        with torch.no_grad():\n"
                "            reconstruction = self.autoencoder(samples)\n"
                "        return (reconstruction - samples)"
            ),
        },
    ),
    Mistake(
        "cost_network.sigmoid_on_output",
        "The reconstruction stays between 0 and 1. Where do the samples lie, and what does the text say "
        "about the last layer?",
        edits={
            "nn.Linear(hidden, n_features),\n": "nn.Linear(hidden, n_features),\n            nn.Sigmoid(),\n",
        },
    ),
    Mistake(
        "cost_network.relu_on_output",
        "The reconstruction is never negative. Are the samples?",
        edits={
            "nn.Linear(hidden, n_features),\n": "nn.Linear(hidden, n_features),\n            nn.ReLU(),\n",
        },
    ),
    Mistake(
        "cost_network.broadcast",
        "All coordinates are reconstructed by one number, which is repeated silently. "
        "How many outputs does an autoencoder need?",
        edits={"nn.Linear(hidden, n_features)": "nn.Linear(hidden, 1)"},
    ),
    Mistake(
        "cost_network.classifier",
        "The network itself gives one number for a sample, as a discriminator does. "
        "What is reconstructed, and where is the error?",
        edits={
            "nn.Linear(hidden, n_features)": "nn.Linear(hidden, 1)",
            "(self.autoencoder(samples) - samples).square().mean(dim=1)": (
                "F.softplus(self.autoencoder(samples)).squeeze(1)"
            ),
        },
    ),
    Mistake(
        "cost_network.fixed_features",
        "The network takes samples with two coordinates only. Which argument says how many there are?",
        edits={"n_features, hidden": "2, hidden", "hidden, n_features": "hidden, 2"},
    ),
    Mistake(
        "cost_network.layers_in_a_plain_list",
        "The network has no parameters for an optimiser to find. What kind of list does PyTorch look into?",
        edits={
            "nn.Sequential(\n": "[\n",
            "            nn.Linear(hidden, n_features),\n        )": (
                "            nn.Linear(hidden, n_features),\n        ]"
            ),
            "        return (self.autoencoder(samples) - samples)": (
                "        reconstruction = samples\n"
                "        for layer in self.autoencoder:\n"
                "            reconstruction = layer(reconstruction)\n"
                "        return (reconstruction - samples)"
            ),
        },
    ),
    Mistake(
        "cost_network.input_detached",
        "The gradient to a sample does not pass through the network. "
        "In how many places does the sample stand in the cost, and who will follow this gradient?",
        edits={"self.autoencoder(samples)": "self.autoencoder(samples.detach())"},
    ),
    Mistake(
        "cost_network.sign_of_the_sample",
        "The sample is added to its reconstruction. What is the cost of a point that is rebuilt exactly?",
        edits={" - samples)": " + samples)"},
    ),
    Mistake(
        "cost_network.hidden_ignored",
        "The network has the same size whatever `hidden` says. Which layers should it set?",
        edits={"n_features, hidden": "n_features, 32", "hidden, n_features": "32, n_features"},
    ),
    Mistake(
        "cost_network.penalty_added",
        "The cost holds more than the error: a penalty on what the layer in between says. "
        "What does the docstring call the energy?",
        edits={
            "        return (self.autoencoder(samples) - samples).square().mean(dim=1)": (
                "        code = self.autoencoder[:2](samples)\n"
                "        return (self.autoencoder(samples) - samples).square().mean(dim=1) + 0.1 * code.mean(dim=1)"
            ),
        },
    ),
    Mistake(
        "cost_network.cost_cut_off",
        "No cost is above 10. What will draw back a sample that is far away from all data?",
        edits={".mean(dim=1)": ".mean(dim=1).clamp(max=10)"},
    ),
    Mistake(
        "cost_network.reconstruction_cut_off",
        "No coordinate is rebuilt beyond ±20. Which kind of last layer does the text ask for?",
        edits={
            "nn.Linear(hidden, n_features),\n": (
                "nn.Linear(hidden, n_features),\n            nn.Hardtanh(-20, 20),\n"
            ),
        },
    ),
    Mistake(
        "cost_network.evaluation_mode",
        "A call leaves the network in evaluation mode. Who decides about the mode, a network or its training loop?",
        edits={"        return (self": "        self.eval()\n        return (self"},
    ),
    Mistake(
        "cost_network.code_detached",
        "Nothing reaches the first layer. Where on the way is the graph cut?",
        edits={
            "        return (self.autoencoder(samples) - samples)": (
                "        code = self.autoencoder[:2](samples).detach()\n"
                "        return (self.autoencoder[2](code) - samples)"
            ),
        },
    ),
    # ---------------------------------------------------------------- cost_loss
    Mistake(
        "cost_loss.hinge_of_the_mean",
        "The hinge is taken of the mean cost, so samples beyond the margin make up for others. "
        "What comes first, the hinge or the mean?",
        edits={"(margin - cost_fake).clamp(min=0).mean()": "(margin - cost_fake.mean()).clamp(min=0)"},
    ),
    Mistake(
        "cost_loss.no_hinge",
        "Samples beyond the margin still pull the loss down. What does the ⁺ after the bracket stand for?",
        edits={".clamp(min=0)": ""},
    ),
    Mistake(
        "cost_loss.hinge_turned",
        "Generated samples count where their cost is above the margin. On which side of it should they be pushed?",
        edits={"margin - cost_fake": "cost_fake - margin"},
    ),
    Mistake(
        "cost_loss.arguments_swapped",
        "Generated samples are drawn down and real ones pushed up. Whose cost should be low?",
        edits={"cost_real.mean()": "cost_fake.mean()", "margin - cost_fake": "margin - cost_real"},
    ),
    Mistake(
        "cost_loss.classifier_hinge",
        "This is the hinge loss of a classifier, which wants a high score for real samples. "
        "Is a cost high or low on data?",
        edits={
            "cost_real.mean() + (margin - cost_fake)": (
                "(margin - cost_real).clamp(min=0).mean() + (margin + cost_fake)"
            ),
        },
    ),
    Mistake(
        "cost_loss.fixed_margin",
        "The margin is 1 whatever is asked for. Which argument holds it?",
        edits={"(margin - ": "(1 - "},
    ),
    Mistake(
        "cost_loss.mean_of_all",
        "All samples were put into one mean. What is the weight of each side when their numbers differ?",
        edits={
            "cost_real.mean() + (margin - cost_fake).clamp(min=0).mean()": (
                "torch.cat((cost_real, (margin - cost_fake).clamp(min=0))).mean()"
            ),
        },
    ),
    Mistake(
        "cost_loss.in_pairs",
        "Real and generated samples were added one to one. What if there are more of the one kind?",
        edits={
            "cost_real.mean() + (margin - cost_fake).clamp(min=0).mean()": (
                "(cost_real + (margin - cost_fake).clamp(min=0)).mean()"
            ),
        },
    ),
    Mistake(
        "cost_loss.mean_below_the_margin",
        "The mean runs over the samples below the margin only. "
        "What do the others count as, and what if there are none below?",
        edits={"(margin - cost_fake).clamp(min=0)": "(margin - cost_fake[cost_fake < margin])"},
    ),
    Mistake(
        "cost_loss.cut_at_the_margin",
        "The gradient is right, and the value is off by a constant. What is the hinge of a sample whose cost is 0?",
        edits={"+ (margin - cost_fake).clamp(min=0).mean()": "- cost_fake.clamp(max=margin).mean()"},
    ),
    Mistake(
        "cost_loss.fakes_detached",
        "No gradient comes back from the generated samples' costs. What does the cost network learn from them then?",
        edits={"cost_fake)": "cost_fake.detach())"},
    ),
    Mistake(
        "cost_loss.python_number",
        "The loss is a Python number. What is left to call backward on?",
        edits={
            "return cost_real.mean() + (margin - cost_fake).clamp(min=0).mean()": (
                "return (cost_real.mean() + (margin - cost_fake).clamp(min=0).mean()).item()"
            )
        },
    ),
    Mistake(
        "cost_loss.margin_rounded",
        "The margin has been rounded. Which margins are lost that way?",
        edits={"(margin - ": "(round(margin, 1) - "},
    ),
    Mistake(
        "cost_loss.large_costs_cut_off",
        "Real samples whose cost is far above the margin pull no more. Is there a hinge in their part?",
        edits={"cost_real.mean()": "cost_real.clamp(max=10 * margin).mean()"},
    ),
    Mistake(
        "cost_loss.part_of_the_batch",
        "Only the first 64 samples count. How many are there in a batch?",
        edits={"cost_real.mean()": "cost_real[:64].mean()"},
    ),
    # ---------------------------------------------------------------- generator_energy_loss
    Mistake(
        "generator_energy_loss.sign_turned",
        "The generator would raise the cost of its samples. Which cost does it want for them?",
        edits={"cost_fake.mean()": "-cost_fake.mean()"},
    ),
    Mistake(
        "generator_energy_loss.summed",
        "The loss grows with the size of the batch. Which kind of average does the docstring name?",
        edits={"mean()": "sum()"},
    ),
    Mistake(
        "generator_energy_loss.minus_log",
        "There is a logarithm, as for the probabilities of a classifier. Is a cost a probability?",
        edits={"cost_fake.mean()": "-torch.log(cost_fake).mean()"},
    ),
    Mistake(
        "generator_energy_loss.cross_entropy",
        "The costs were taken as logits with the label 1. What would the generator want of a logit, and of a cost?",
        edits={
            "cost_fake.mean()": ("F.binary_cross_entropy_with_logits(cost_fake, torch.ones_like(cost_fake))"),
        },
    ),
    Mistake(
        "generator_energy_loss.hinge",
        "The hinge of the cost network's loss is here too. Which of the two players needs a margin?",
        edits={"cost_fake.mean()": "(1 - cost_fake).clamp(min=0).mean()"},
    ),
    Mistake(
        "generator_energy_loss.squared",
        "The costs are squared, though they are squared errors already. What does the docstring average?",
        edits={"cost_fake.mean()": "cost_fake.square().mean()"},
    ),
    Mistake(
        "generator_energy_loss.no_mean",
        "There is one number for each sample. How many numbers should a loss be?",
        edits={"cost_fake.mean()": "cost_fake"},
    ),
    Mistake(
        "generator_energy_loss.detached",
        "No gradient comes back from the loss. What does detach leave behind for the generator?",
        edits={"cost_fake.mean()": "cost_fake.detach().mean()"},
    ),
    Mistake(
        "generator_energy_loss.zeros_left_out",
        "Samples that cost nothing are missing from the mean. Has the generator failed with them?",
        edits={"cost_fake.mean()": "cost_fake[cost_fake > 0].mean()"},
    ),
    # ---------------------------------------------------------------- mode_coverage
    Mistake(
        "mode_coverage.order_turned",
        "The share comes first. In which order does the docstring name the two?",
        edits={
            "int(hits.any(dim=0).sum()), hits.any(dim=1).float().mean().item()": (
                "hits.any(dim=1).float().mean().item(), int(hits.any(dim=0).sum())"
            ),
        },
    ),
    Mistake(
        "mode_coverage.dimensions_swapped",
        "Samples are counted, and the share is one of centres. "
        "Over which dimension of the distances do the samples run?",
        edits={"dim=0": "dim=K", "dim=1": "dim=0", "dim=K": "dim=1"},
    ),
    Mistake(
        "mode_coverage.share_of_centres",
        "The first result is a share of the centres. What is asked for there, a share or a number?",
        edits={"int(hits.any(dim=0).sum())": "hits.any(dim=0).float().mean().item()"},
    ),
    Mistake(
        "mode_coverage.number_of_samples",
        "The second result is a number of samples. What turns a number into a share?",
        edits={"hits.any(dim=1).float().mean().item()": "hits.any(dim=1).sum().item()"},
    ),
    Mistake(
        "mode_coverage.hits_counted_twice",
        "A sample near two centres counts twice, so the share can exceed 1. How often should a sample count?",
        edits={"hits.any(dim=1).float().mean().item()": "hits.sum().item() / len(samples)"},
    ),
    Mistake(
        "mode_coverage.nearest_without_radius",
        "Every sample was given to its nearest centre, however far. Where does the radius come in?",
        edits={
            "torch.cdist(samples, centers) < radius": (
                "F.one_hot(torch.cdist(samples, centers).argmin(dim=1), len(centers)).bool()"
            ),
        },
    ),
    Mistake(
        "mode_coverage.nearest_centre_only",
        "A sample within the radius of two centres covers the nearer one only. "
        "What does the docstring ask of a centre to be hit?",
        code="""\
def mode_coverage(samples, centers, radius):
    nearest, which = torch.cdist(samples, centers).min(dim=1)
    good = nearest < radius
    return len(which[good].unique()), good.float().mean().item()
""",
    ),
    Mistake(
        "mode_coverage.squared_distance",
        "Squared distances are compared with the radius. On which side is the square missing?",
        edits={"torch.cdist(samples, centers)": "torch.cdist(samples, centers).square()"},
    ),
    Mistake(
        "mode_coverage.boxes",
        "Each coordinate is compared with the radius by itself, so the centres have boxes around them. "
        "Which shape holds all points nearer than the radius?",
        edits={
            "torch.cdist(samples, centers) < radius": (
                "((samples[:, None] - centers).abs() < radius).all(dim=-1)"
            ),
        },
    ),
    Mistake(
        "mode_coverage.first_two_coordinates",
        "Only the first two coordinates count. How many do the samples have?",
        edits={"torch.cdist(samples, centers)": "torch.cdist(samples[:, :2], centers[:, :2])"},
    ),
    Mistake(
        "mode_coverage.eight_centres",
        "Eight centres are looked at, however many there are. Which argument holds them?",
        code="""\
def mode_coverage(samples, centers, radius):
    found = 0
    good = torch.zeros(len(samples), dtype=torch.bool)
    for k in range(8):
        near = (samples - centers[k]).norm(dim=1) < radius
        found += bool(near.any())
        good |= near
    return found, good.float().mean().item()
""",
    ),
    Mistake(
        "mode_coverage.tensors",
        "Both results are tensors. What turns a tensor with one element into a Python number?",
        edits={"int(hits.any(dim=0).sum())": "hits.any(dim=0).sum()", ".mean().item()": ".mean()"},
    ),
    Mistake(
        "mode_coverage.equal_samples_once",
        "Samples that are equal count once. What does a generator that has collapsed look like then?",
        edits={
            "torch.cdist(samples, centers) < radius": "torch.cdist(samples.unique(dim=0), centers) < radius"
        },
    ),
    Mistake(
        "mode_coverage.radius_with_a_tolerance",
        "Samples a little outside the circle count as inside. Where does the docstring draw the line?",
        edits={"< radius": "< 1.01 * radius"},
    ),
    # ---------------------------------------------------------------- pullaway_loss
    Mistake(
        "pullaway_loss.with_diagonal",
        "Each embedding is compared with itself too. Which pairs does the docstring leave out?",
        edits={"cosines[off].square()": "cosines.square()"},
    ),
    Mistake(
        "pullaway_loss.diagonal_taken_as_ones",
        "N was subtracted for the diagonal. Is every entry of the diagonal a 1, if a row is all zeros?",
        edits={
            "cosines[off].square().mean()": "(cosines.square().sum() - n) / (n * (n - 1))",
        },
    ),
    Mistake(
        "pullaway_loss.divided_by_n_squared",
        "The sum is right, and it is divided by N². How many pairs i ≠ j are there?",
        edits={"cosines[off].square().mean()": "cosines[off].square().sum() / n**2"},
    ),
    Mistake(
        "pullaway_loss.half",
        "The value is half as large as it should be. "
        "When each pair is taken once, how many pairs are there to divide by?",
        edits={
            "cosines[off].square().mean()": "cosines.triu(diagonal=1).square().sum() / (n * (n - 1))",
        },
    ),
    Mistake(
        "pullaway_loss.not_squared",
        "Cosines of both signs cancel. Should two embeddings that point in opposite directions count for nothing?",
        edits={".square()": ""},
    ),
    Mistake(
        "pullaway_loss.dot_products",
        "Longer embeddings make the loss larger. What turns a dot product into a cosine?",
        edits={"F.normalize(embeddings, dim=1)": "embeddings"},
    ),
    Mistake(
        "pullaway_loss.columns_normalised",
        "The columns have length 1, and not the rows. Along which dimension does one embedding lie?",
        edits={"dim=1)": "dim=0)"},
    ),
    Mistake(
        "pullaway_loss.neighbours_only",
        "Each row is compared with the next one only. Which pairs does the docstring name?",
        code="""\
def pullaway_loss(embeddings):
    return F.cosine_similarity(embeddings[:-1], embeddings[1:], dim=1).square().mean()
""",
    ),
    Mistake(
        "pullaway_loss.division_by_zero",
        "A row of zeros makes the loss NaN. What is the length of that row?",
        edits={
            "F.normalize(embeddings, dim=1)": "embeddings / embeddings.norm(dim=1, keepdim=True)",
        },
    ),
    Mistake(
        "pullaway_loss.root_of_zero",
        "The value is right, but a row of zeros makes the gradient NaN. What is the slope of a square root at 0?",
        edits={
            "F.normalize(embeddings, dim=1)": (
                "embeddings / (embeddings.square().sum(dim=1, keepdim=True).sqrt() + 1e-8)"
            ),
        },
    ),
    Mistake(
        "pullaway_loss.nan_replaced",
        "NaN was replaced in the value, and it is still in the gradient of every row. "
        "What does backward pass through on its way to the row of zeros?",
        edits={
            "F.normalize(embeddings, dim=1)": "embeddings / embeddings.norm(dim=1, keepdim=True)",
            "directions @ directions.T": "torch.nan_to_num(directions @ directions.T)",
        },
    ),
    Mistake(
        "pullaway_loss.zero_rows_left_out",
        "Pairs with a row of zeros are missing from the mean. What do they count as?",
        edits={
            "    directions = ": "    embeddings = embeddings[embeddings.norm(dim=1) > 0]\n    directions = ",
        },
    ),
    Mistake(
        "pullaway_loss.lengths_detached",
        "The value is right, and the gradient changes the lengths of the embeddings too. "
        "Does a cosine change when an embedding is stretched?",
        edits={
            "F.normalize(embeddings, dim=1)": (
                "embeddings / embeddings.detach().norm(dim=1, keepdim=True).clamp(min=1e-12)"
            ),
        },
    ),
    Mistake(
        "pullaway_loss.short_rows_taken_for_zero",
        "Short rows count for less than long ones. Does a direction depend on a length?",
        edits={"F.normalize(embeddings, dim=1)": "F.normalize(embeddings, dim=1, eps=0.01)"},
    ),
    Mistake(
        "pullaway_loss.equal_rows_left_out",
        "Pairs that point the same way are left out together with the diagonal. Which pairs is this term there for?",
        edits={"off = ~torch.eye(n, dtype=torch.bool, device=embeddings.device)": "off = cosines < 0.9999"},
    ),
    Mistake(
        "pullaway_loss.part_of_the_batch",
        "Only the first 64 rows count. How many are there in a batch?",
        edits={"    directions = ": "    embeddings = embeddings[:64]\n    directions = "},
    ),
    # ---------------------------------------------------------------- should_train_discriminator
    Mistake(
        "should_train_discriminator.turned",
        "The discriminator trains where its loss is low and pauses where it is high. When is it too good already?",
        edits={"err_d >= threshold": "err_d < threshold"},
    ),
    Mistake(
        "should_train_discriminator.strict",
        "A loss equal to the threshold is skipped too. For which losses does the docstring say False?",
        edits={">=": ">"},
    ),
    Mistake(
        "should_train_discriminator.fixed_threshold",
        "The threshold is 0.5 whatever is asked for. Which argument holds it?",
        edits={">= threshold": ">= 0.5"},
    ),
    Mistake(
        "should_train_discriminator.always",
        "The answer is always True. In which case should the discriminator pause?",
        edits={"bool(err_d >= threshold)": "True"},
    ),
    Mistake(
        "should_train_discriminator.nothing_above",
        "Where the loss reaches the threshold nothing comes back. What does a function return that ends "
        "without return?",
        edits={
            "    return bool(err_d >= threshold)": "    if err_d < threshold:\n        return False",
        },
    ),
    Mistake(
        "should_train_discriminator.tensor",
        "A loss in a tensor gives a tensor. Which type does the docstring name?",
        edits={"bool(err_d >= threshold)": "err_d >= threshold"},
    ),
    Mistake(
        "should_train_discriminator.tensors_only",
        "A loss that is a plain float has no item method. In which two forms can a step return its loss?",
        edits={"bool(err_d >= threshold)": "err_d.item() >= threshold"},
    ),
    Mistake(
        "should_train_discriminator.cut_off_in_place",
        "The loss has been cut from its graph. Who wants to call backward on it afterwards?",
        edits={
            "    return bool": "    if torch.is_tensor(err_d):\n        err_d.detach_()\n    return bool",
        },
    ),
    Mistake(
        "should_train_discriminator.loss_zeroed",
        "The loss that was passed in has been set to 0. What is asked for is an answer; what else has been done?",
        edits={
            "    return bool(err_d >= threshold)": (
                "    train = bool(err_d >= threshold)\n"
                "    if torch.is_tensor(err_d) and not train:\n"
                "        err_d.data.zero_()\n"
                "    return train"
            ),
        },
    ),
    Mistake(
        "should_train_discriminator.trains_itself",
        "backward has been called on the loss. Is this function to train the discriminator, or to say whether it may?",
        edits={
            "    return bool(err_d >= threshold)": (
                "    train = bool(err_d >= threshold)\n"
                "    if train and torch.is_tensor(err_d) and err_d.requires_grad:\n"
                "        err_d.backward()\n"
                "    return train"
            ),
        },
    ),
    Mistake(
        "should_train_discriminator.large_is_bad_too",
        "A large loss is taken for a reason to pause, too. Is a discriminator that fails too strong?",
        edits={"bool(err_d >= threshold)": "bool(threshold <= err_d < 10)"},
    ),
    Mistake(
        "should_train_discriminator.rounded",
        "Losses a little below the threshold count as equal to it. What has been rounded?",
        edits={"bool(err_d >= threshold)": "bool(round(float(err_d), 2) >= threshold)"},
    ),
    Mistake(
        "should_train_discriminator.numpys_bool",
        "The answer is NumPy's bool_. Which type does the docstring name?",
        code="""\
import numpy as np


def should_train_discriminator(err_d, threshold):
    return np.greater_equal(float(err_d), threshold)
""",
    ),
]
