/** The model as torch.onnx.export writes it in eval mode: nothing folded, dropout gone. */
import protobuf from "protobufjs";
import { BATCHNORM, CATEGORICAL, CONTINUOUS, Y_RANGE } from "./shape.ts";
import type { BatchNormWeights, LinearWeights, Weights } from "./weights.ts";

/** The part of onnx.proto (onnx/onnx, Apache-2.0) that the model needs, with the same field numbers. */
const SCHEMA = `
syntax = "proto2";
message AttributeProto {
  optional string name = 1;
  optional float f = 2;
  optional int64 i = 3;
  optional int32 type = 20;
}
message NodeProto {
  repeated string input = 1;
  repeated string output = 2;
  optional string name = 3;
  optional string op_type = 4;
  repeated AttributeProto attribute = 5;
}
message TensorProto {
  repeated int64 dims = 1 [packed = false];
  optional int32 data_type = 2;
  optional string name = 8;
  optional bytes raw_data = 9;
}
message Dimension {
  optional int64 dim_value = 1;
  optional string dim_param = 2;
}
message TensorShapeProto { repeated Dimension dim = 1; }
message TensorType {
  optional int32 elem_type = 1;
  optional TensorShapeProto shape = 2;
}
message TypeProto { optional TensorType tensor_type = 1; }
message ValueInfoProto {
  optional string name = 1;
  optional TypeProto type = 2;
}
message GraphProto {
  repeated NodeProto node = 1;
  optional string name = 2;
  repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11;
  repeated ValueInfoProto output = 12;
}
message OperatorSetIdProto {
  optional string domain = 1;
  optional int64 version = 2;
}
message ModelProto {
  optional int64 ir_version = 1;
  optional string producer_name = 2;
  optional GraphProto graph = 7;
  repeated OperatorSetIdProto opset_import = 8;
}`;

const FLOAT = 1;
const INT32 = 6;
/** AttributeProto.type. */
const ATTRIBUTE = { f: 1, i: 2 };

type Attributes = Readonly<Record<string, { f: number } | { i: number }>>;

/** Inputs "codes" int32 [rows, 24] and "continuous" float [rows, 16]; output "prediction" [rows, 1]. */
export function onnxModel(weights: Weights): Uint8Array {
  const node: object[] = [];
  const initializer: object[] = [];
  const tensor = (name: string, dims: number[], values: Float32Array | Int32Array) => {
    const raw_data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    initializer.push({ name, dims, data_type: values instanceof Int32Array ? INT32 : FLOAT, raw_data });
    return name;
  };
  const apply = (op_type: string, input: string[], output: string, attributes: Attributes = {}) => {
    const attribute = Object.entries(attributes).map(([name, value]) => {
      return { name, type: "f" in value ? ATTRIBUTE.f : ATTRIBUTE.i, ...value };
    });
    node.push({ op_type, input, output: [output], name: output, attribute });
    return output;
  };
  const batchNorm = (x: string, name: string, { weight, bias, mean, variance }: BatchNormWeights) => {
    const n = [weight.length];
    const inputs = Object.entries({ weight, bias, mean, variance }).map(([key, values]) =>
      tensor(`${name}.${key}`, n, values),
    );
    return apply("BatchNormalization", [x, ...inputs], `${name}.y`, { epsilon: { f: BATCHNORM.eps } });
  };
  const linear = (x: string, name: string, { weight, bias, fanIn, fanOut }: LinearWeights) => {
    const inputs = [
      x,
      tensor(`${name}.weight`, [fanOut, fanIn], weight),
      tensor(`${name}.bias`, [fanOut], bias),
    ];
    return apply("Gemm", inputs, `${name}.y`, { transB: { i: 1 } });
  };

  const embedded = CATEGORICAL.map(([, levels, width], i) => {
    const column = tensor(`column${i}`, [], Int32Array.of(i));
    const codes = apply("Gather", ["codes", column], `codes${i}`, { axis: { i: 1 } });
    const table = tensor(`embeds.${i}`, [levels, width], weights.embeddings[i]);
    return apply("Gather", [table, codes], `embedded${i}`, { axis: { i: 0 } });
  });
  const continuous = batchNorm("continuous", "bn_cont", weights.bnCont);
  const categories = apply("Concat", embedded, "embedded", { axis: { i: 1 } });
  let x = apply("Concat", [categories, continuous], "x", { axis: { i: 1 } });
  weights.hidden.forEach(({ linear: layer, bn }, i) => {
    x = apply("Relu", [linear(x, `linear${i}`, layer)], `relu${i}`);
    x = batchNorm(x, `bn${i}`, bn);
  });
  const squashed = apply("Sigmoid", [linear(x, "head", weights.head)], "sigmoid");
  const [low, high] = Y_RANGE;
  const scaled = apply("Mul", [squashed, tensor("scale", [], Float32Array.of(high - low))], "scaled");
  apply("Add", [scaled, tensor("low", [], Float32Array.of(low))], "prediction");

  const value = (name: string, elem_type: number, columns: number) => ({
    name,
    type: {
      tensor_type: { elem_type, shape: { dim: [{ dim_param: "rows" }, { dim_value: columns }] } },
    },
  });
  const { root } = protobuf.parse(SCHEMA, { keepCase: true });
  const Model = root.lookupType("ModelProto");
  const model = {
    ir_version: 8,
    producer_name: "tabgpu bench",
    opset_import: [{ domain: "", version: 17 }],
    graph: {
      name: "tabular",
      node,
      initializer,
      input: [value("codes", INT32, CATEGORICAL.length), value("continuous", FLOAT, CONTINUOUS.length)],
      output: [value("prediction", FLOAT, 1)],
    },
  };
  return Model.encode(Model.fromObject(model)).finish();
}
