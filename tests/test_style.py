"""What the style transfer lab stands on: the networks, photographs, drawn styles, settings and the progress bar."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from autograder import (
    STYLES,
    Painting,
    check_settings,
    draw_style,
    load_photo,
    load_photos,
    load_vgg,
    save_photo,
)
from autograder.errors import PlainError
from autograder.files import fetching
from autograder.images import ImageFolderError
from autograder.images.photos import PhotoError
from autograder.notebook.painting import moments
from autograder.notebook.settings import SettingError
from autograder.vgg import VggError, shipped, vgg19
from autograder.vgg.layers import SPREAD, balance, named_layers

NAMES = ["conv1_1", "relu1_1", "conv1_2", "relu1_2", "pool1", "conv2_1", "relu2_1"]


@pytest.fixture(autouse=True)
def hub(tmp_path, monkeypatch):
    """A torch cache of the test's own, and no network."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))

    def no_network(address, timeout):
        raise OSError("no route to host")

    monkeypatch.setattr(fetching, "urlopen", no_network)
    return tmp_path / "torch" / "hub" / "checkpoints"


# --- networks --------------------------------------------------------------------------------------------------


def test_the_shipped_network_has_three_blocks_and_responses_of_one_size():
    vgg = load_vgg()
    assert vgg.name == "vgg16" and "not on this computer" in vgg.note
    names = [name for name, _ in vgg.layers.named_children()]
    assert names[:7] == NAMES and names[-1] == "relu3_3"
    assert not any(one.requires_grad for one in vgg.layers.parameters()) and not vgg.layers.training
    channels = [torch.tensor(numbers).view(-1, 1, 1) for numbers in (vgg.mean, vgg.std)]
    features = (load_photo(size=128) - channels[0]) / channels[1]
    for name, layer in vgg.layers.named_children():
        features = layer(features)
        if name.startswith("relu"):
            assert features.square().mean().sqrt().item() == pytest.approx(SPREAD, rel=1e-3)


def test_the_shipped_weights_are_those_of_a_trained_network():
    """Its first layer answers edges: it reacts to a step and not to a plain area, and reds are not blues."""
    vgg = load_vgg("vgg16")
    step = torch.zeros(1, 3, 8, 8)
    step[..., 4:] = 1.0
    answers = vgg.layers.relu1_1(vgg.layers.conv1_1(step)).mean(dim=(0, 2))[:, 3:5]
    plain = vgg.layers.relu1_1(vgg.layers.conv1_1(step))[0, :, 4, 6]
    assert (answers.max(dim=1).values > 4 * plain).sum() > 10
    red, blue = torch.zeros(1, 3, 4, 4), torch.zeros(1, 3, 4, 4)
    red[:, 0], blue[:, 2] = 1.0, 1.0
    assert not torch.allclose(vgg.layers.conv1_1(red), vgg.layers.conv1_1(blue), atol=1e-2)


def test_balancing_leaves_a_network_the_same_up_to_factors():
    torch.manual_seed(1)
    tensors = {}
    for name, inputs, outputs in (("conv1_1", 3, 5), ("conv1_2", 5, 4), ("conv2_1", 4, 6)):
        tensors[f"{name}.weight"] = torch.randn(outputs, inputs, 3, 3)
        tensors[f"{name}.bias"] = torch.randn(outputs)
    image = torch.rand(1, 3, 12, 10)
    plain, balanced = named_layers(tensors), balance(named_layers(tensors), (0.5,) * 3, (0.2,) * 3)
    assert [name for name, _ in plain.named_children()] == NAMES
    ratio = balanced(image.clone()) / plain(image.clone())
    ratio = ratio[ratio.isfinite()]
    assert torch.allclose(ratio, ratio[0].expand_as(ratio), rtol=1e-4)


def state_dict():
    """As torchvision numbers VGG19's layers, with few channels."""
    stored, index, inputs = {}, 0, 3
    for count in (2, 2, 4, 4, 4):
        for _ in range(count):
            stored[f"features.{index}.weight"] = torch.full((4, inputs, 3, 3), 0.01 * (index + 1))
            stored[f"features.{index}.bias"] = torch.full((4,), 0.1)
            index, inputs = index + 2, 4
        index += 1
    return stored | {"classifier.0.weight": torch.zeros(2, 2)}


def vgg19_bytes():
    file = io.BytesIO()
    torch.save(state_dict(), file)
    return file.getvalue()


def test_vgg19_is_used_where_it_is(hub, monkeypatch):
    content = vgg19_bytes()
    monkeypatch.setattr(vgg19, "DIGEST", hashlib.sha256(content).hexdigest()[:8])
    hub.mkdir(parents=True)
    (hub / "vgg19-dcbb9e9d.pth").write_bytes(content)
    vgg = load_vgg()
    names = [name for name, _ in vgg.layers.named_children()]
    assert vgg.name == "vgg19" and "found in" in vgg.note
    assert names[:7] == NAMES and names[-1] == "relu5_1" and "pool4" in names and "conv3_4" in names


@pytest.mark.parametrize("content", [b"", b"no weights", vgg19_bytes()[:-50], vgg19_bytes()])
def test_damaged_weights_are_named_and_the_shipped_ones_used(hub, content):
    hub.mkdir(parents=True)
    file = hub / "vgg19-dcbb9e9d.pth"
    file.write_bytes(content)
    with pytest.raises(VggError, match=r"vgg19-dcbb9e9d.pth is damaged \(its sha256 begins with .*Delete it"):
        load_vgg("vgg19")
    vgg = load_vgg()
    assert vgg.name == "vgg16" and "is damaged" in vgg.note
    assert file.read_bytes() == content


class Answer(io.BytesIO):
    """A server's answer, whose length is known."""

    @property
    def length(self):
        return len(self.getvalue())


def test_vgg19_is_fetched_whole_or_not_at_all(hub, monkeypatch):
    content = vgg19_bytes()
    monkeypatch.setattr(vgg19, "DIGEST", hashlib.sha256(content).hexdigest()[:8])
    monkeypatch.setattr(fetching, "urlopen", lambda address, timeout: Answer(content[:-1]))
    with pytest.raises(VggError, match="not the right one"):
        load_vgg("vgg19", download=True)
    assert not list(hub.glob("*"))
    monkeypatch.setattr(fetching, "urlopen", lambda address, timeout: Answer(content))
    assert "fetched into" in load_vgg("vgg19", download=True).note
    assert "found in" in load_vgg("vgg19").note


def test_without_a_network_a_sentence_or_the_shipped_network():
    with pytest.raises(VggError, match="nothing is fetched unless you ask"):
        load_vgg("vgg19")
    with pytest.raises(VggError, match='could not be fetched .*"vgg16" needs none'):
        load_vgg("vgg19", download=True)
    assert "could not be fetched" in load_vgg(download=True).note
    with pytest.raises(VggError, match="no network 'vgg11'; choose one of"):
        load_vgg("vgg11")


def test_a_missing_file_of_weights_is_named(tmp_path):
    for content in (None, b"damaged"):
        file = tmp_path / "vgg16.safetensors"
        if content:
            file.write_bytes(content)
        with pytest.raises(VggError, match="vgg16.safetensors can't be read"):
            shipped.read(file)


# --- photographs -----------------------------------------------------------------------------------------------


def test_the_portrait_is_always_there():
    photo = load_photo(size=64)
    assert photo.shape[:2] == (1, 3) and max(photo.shape[2:]) == 64 and photo.dtype == torch.float32
    assert photo.min() >= 0 and photo.max() <= 1 and photo.is_contiguous()


def picture(path, mode="RGB", size=(60, 40), **options):
    """A file with a dark left and a light right half."""
    image = Image.new("L", size, 50)
    image.paste(200, (size[0] // 2, 0, *size))
    image = image.convert("RGB").convert(mode)
    image.save(path, **options)
    return path


@pytest.mark.parametrize(
    ("name", "mode"),
    [("a.png", "RGB"), ("b.png", "L"), ("c.png", "P"), ("d.png", "1"), ("e.jpg", "CMYK"), ("f.png", "LA")],
)
def test_every_common_kind_of_pixels_becomes_colour(tmp_path, name, mode):
    photo = load_photo(picture(tmp_path / name, mode), size=30)
    assert photo.shape == (1, 3, 20, 30)
    assert photo[..., 5].mean() < 0.5 < photo[..., -5].mean()


def test_what_is_transparent_lies_on_white(tmp_path):
    image = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 20, 40))
    image.save(tmp_path / "x.png")
    photo = load_photo(tmp_path / "x.png", size=40)
    assert photo[0, :, 20, 35].tolist() == [1, 1, 1] and photo[0, :, 20, 5].tolist() == [0, 0, 1]


def test_portraits_stand_upright_and_keep_their_proportions(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    photo = load_photo(picture(tmp_path / "x.jpg", size=(60, 30), exif=exif), size=40)
    assert photo.shape == (1, 3, 40, 20)
    assert photo[0, :, 5].mean() < photo[0, :, -5].mean()


def huge(path):
    """The beginning of a PNG that claims 20000 x 20000 pixels."""
    file = io.BytesIO()
    Image.new("L", (20, 20)).save(file, "PNG")
    content = bytearray(file.getvalue())
    content[16:24] = (20000).to_bytes(4, "big") * 2
    import zlib

    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4, "big")
    path.write_bytes(bytes(content))
    return path


def test_photographs_that_can_t_be_used_are_named_with_the_fix(tmp_path):
    (tmp_path / "text.jpg").write_text("no image")
    (tmp_path / "empty.png").write_bytes(b"")
    picture(tmp_path / "one.png", size=(1, 1))
    picture(tmp_path / "narrow.png", size=(2000, 3))
    picture(tmp_path / "cut.jpg", size=(500, 500))
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "cut.jpg").read_bytes()[:900])
    Image.fromarray(np.zeros((40, 40), np.uint16)).save(tmp_path / "deep.png")
    huge(tmp_path / "huge.png")
    cases = {
        "missing.jpg": "There is no file .*always there",
        "text.jpg": "no image that Pillow knows",
        "empty.png": "is empty; copy the image again",
        "one.png": r"is tiny \(1x1\); choose a size of at most 2",
        "narrow.png": r"is too narrow \(2000x3\)",
        "cut.jpg": "can't be read .*export it again",
        "deep.png": "more than 8 bits per channel",
        "huge.png": "far too many pixels.*make it smaller",
    }
    for name, words in cases.items():
        with pytest.raises(PhotoError, match=words) as caught:
            load_photo(tmp_path / name)
        assert name in str(caught.value)
    with pytest.raises(PhotoError, match="is a folder; load_photos"):
        load_photo(tmp_path)
    for size in (0, 5000, 2.5, "256"):
        with pytest.raises(PhotoError, match="size is a whole number"):
            load_photo(size=size)
    with pytest.raises(PhotoError, match="is no path"):
        load_photo(7)


def test_a_folder_of_photographs(tmp_path):
    picture(tmp_path / "b.png", size=(30, 60))
    picture(tmp_path / "a.jpg", "L")
    (tmp_path / "notes.txt").write_text("no photograph")
    photos = load_photos(tmp_path, size=40)
    assert {name: tuple(photo.shape) for name, photo in photos.items()} == {
        "a.jpg": (1, 3, 27, 40),
        "b.png": (1, 3, 40, 20),
    }
    (tmp_path / "c.png").write_bytes(b"")
    with pytest.raises(ImageFolderError, match="1 image in .* can't be used:\nc.png is empty"):
        load_photos(tmp_path, size=40)


def test_a_picture_is_saved_as_it_is(tmp_path):
    image = torch.rand(1, 3, 5, 7)
    path = save_photo(image, tmp_path / "new" / "picture.jpg")
    assert path.name == "picture.png"
    back = torch.from_numpy(np.array(Image.open(path))).permute(2, 0, 1) / 255
    assert (back - image[0]).abs().max() <= 0.5 / 255 + 1e-6
    for wrong in (image[0], torch.rand(2, 3, 4, 4), "picture"):
        with pytest.raises(PhotoError, match=r"takes an image of shape \(1, 3, H, W\)"):
            save_photo(wrong, tmp_path / "x.png")
    (tmp_path / "file").write_text("")
    with pytest.raises(PhotoError, match="can't be written"):
        save_photo(image, tmp_path / "file" / "x.png")


# --- styles ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", STYLES)
def test_styles_are_the_same_picture_at_every_size_and_each_time(name):
    state = np.random.get_state()[1].copy(), torch.get_rng_state()
    image = draw_style(name, 64)
    assert image.shape == (1, 3, 64, 64) and image.dtype == torch.float32
    assert image.min() >= 0 and image.max() <= 1 and image.std() > 0.05
    assert torch.equal(image, draw_style(name, 64))
    large = nn.functional.avg_pool2d(draw_style(name, 128), 16)
    assert (large - nn.functional.avg_pool2d(image, 8)).abs().mean() < 0.08
    assert (np.random.get_state()[1] == state[0]).all() and torch.equal(torch.get_rng_state(), state[1])


def test_a_style_that_is_not_there_is_named():
    with pytest.raises(PlainError, match="'sunflowers'; choose one of night_sky"):
        draw_style("sunflowers")
    for size in (8, 4096, 64.0, True):
        with pytest.raises(PlainError, match="whole number from 32 to 1024"):
            draw_style(STYLES[0], size)


# --- settings --------------------------------------------------------------------------------------------------


def settings(**changes):
    model = nn.Sequential()
    for name in ("conv1_1", "relu1_1"):
        model.add_module(name, nn.Identity())
    image = torch.rand(1, 3, 20, 24)
    given = {
        "model": model,
        "content": image,
        "style": image,
        "content_layer": "relu1_1",
        "style_weights": {"conv1_1": 1},
    }
    return given | changes


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"content_layer": "relu9_9"},
            "content_layer is 'relu9_9', which the model does not have; choose one of conv1_1",
        ),
        ({"style_weights": {"conv7": 1.0}}, "A key of style_weights is 'conv7'"),
        ({"style_weights": {}}, "style_weights is a dict"),
        ({"style_weights": ["conv1_1"]}, "style_weights is a dict"),
        (
            {"style_weights": {"conv1_1": -1}},
            r"style_weights\['conv1_1'\] is -1; a weight is a finite number from 0 up",
        ),
        ({"style_weight": float("nan")}, "style_weight is nan"),
        ({"content_weight": float("inf")}, "content_weight is inf"),
        ({"tv_weight": "much"}, "tv_weight is a number; got 'much'"),
        ({"steps": 0}, "steps is a whole number from 1"),
        ({"steps": 2.0}, "steps is a whole number from 1"),
        ({"content": "hopper.jpg"}, "content is a tensor, as load_photo returns it; got one of type str"),
        ({"style": torch.rand(3, 20, 24)}, r"style has shape \(3, 20, 24\); it should be one colour image"),
        ({"content": torch.rand(1, 4, 20, 24)}, r"content has shape \(1, 4, 20, 24\)"),
        ({"content": torch.rand(1, 3, 1, 1)}, "content has 1x1 pixels; use an image of at least 16"),
        ({"style": torch.ones(1, 3, 20, 20, dtype=torch.uint8)}, "divide bytes by 255"),
        ({"style": torch.full((1, 3, 20, 20), 255.0)}, "values from 255 to 255; bring it into"),
        ({"content": torch.full((1, 3, 20, 20), float("nan"))}, "content holds NaN"),
        ({"init": torch.rand(1, 3, 30, 30)}, "init and content should have the same shape"),
    ],
)
def test_settings_that_can_t_work_are_named_with_the_fix(changes, words):
    with pytest.raises(SettingError, match=words):
        check_settings(**settings(**changes))


def test_good_settings_pass():
    check_settings(**settings())
    check_settings(
        **settings(init=torch.rand(1, 3, 20, 24), tv_weight=0, steps=1, style=torch.rand(1, 3, 40, 16))
    )


# --- the progress bar ------------------------------------------------------------------------------------------


def paint(model, steps):
    """A loop as a student might write it; it looks at content and style before it begins."""
    model(torch.rand(1, 3, 4, 4))
    image = torch.rand(1, 3, 4, 4, requires_grad=True)
    optimizer = torch.optim.SGD([image], lr=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        model(image).square().sum().backward()
        optimizer.step()


def test_the_bar_sees_every_step_of_any_loop(monkeypatch):
    model = nn.Sequential(nn.Conv2d(3, 2, 3))
    with Painting(
        model, 30, lambda image: {"content": image.mean().item(), "style": model(image).mean().item()}
    ) as painting:
        paint(model, 30)
    assert painting.history["evaluation"][0] == 1 and painting.history["evaluation"][-1] == 30
    assert len(painting.frames) == len(painting.history["style"]) == len(painting.history["evaluation"]) <= 24
    assert all(frame.shape == (1, 3, 4, 4) and not frame.requires_grad for frame in painting.frames)
    assert not model[0]._forward_pre_hooks and not model[0]._forward_hooks


def test_the_bar_lets_go_of_the_model_when_the_loop_is_interrupted():
    model = nn.Sequential(nn.Conv2d(3, 2, 3))
    with pytest.raises(KeyboardInterrupt), Painting(model, 30) as painting:
        paint(model, 4)
        raise KeyboardInterrupt  # the stop button
    assert painting.frames and not model[0]._forward_pre_hooks


@pytest.mark.parametrize("steps", [1, 2, 5, 24, 25, 200])
def test_the_moments_that_are_kept_begin_and_end_the_run(steps):
    kept = moments(steps, 24)
    assert {1, steps} <= kept <= set(range(1, steps + 1)) and len(kept) <= 24
